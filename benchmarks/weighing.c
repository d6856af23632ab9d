/* The hottest rule in C: ectsim.model.invitations._weigh_ties over all live projects, on the arrays of the state.
   Sizes and offsets of the records come from NumPy as macros. */
#include <math.h>
#include <stdint.h>

#define I64(base, offset) (*(const int64_t *)((const char *)(base) + (offset)))

int64_t weigh_all(int64_t actor_count, int64_t alive_count, const char *actors, const int64_t *neighbours,
                  const double *trust, const double *reach, const char *projects, const char *members,
                  const int64_t *alive, int64_t *free, double *open, double *inside, int64_t *candidates,
                  double *cumulated, int64_t *first_tie, double *total_out)
{
    int64_t found = 0;
    double sum = 0.0;
    for (int64_t i = 0; i < actor_count; i++) {
        const char *actor = actors + i * ACTOR_SIZE;
        free[i] = I64(actor, ACTOR_CAPACITY) - I64(actor, ACTOR_COMMITMENTS);
        open[i] = free[i] > 0;
    }
    for (int64_t order = 0; order < alive_count; order++) {
        int64_t row = alive[order];
        const char *project = projects + row * PROJECT_SIZE;
        if (I64(project, PROJECT_STATUS) != 0)
            continue;
        const char *team = members + row * MEMBERS * MEMBER_SIZE;
        int64_t size = I64(project, PROJECT_TEAM);
        for (int64_t place = 0; place < size; place++) {
            int64_t i = I64(team, place * MEMBER_SIZE + MEMBER_ACTOR);
            inside[i] = 1.0;
            open[i] = 0.0;
        }
        int64_t count = 0;
        double total = 0.0;
        for (int64_t place = 0; place < size; place++) {
            int64_t i = I64(team, place * MEMBER_SIZE + MEMBER_ACTOR);
            int64_t degree = I64(actors, i * ACTOR_SIZE + ACTOR_DEGREE);
            first_tie[place] = count;
            for (int64_t tie = 0; tie < degree; tie++) {
                int64_t j = neighbours[i * TIES + tie];
                double weight = trust[i * TIES + tie] * reach[i * TIES + tie];
                total += weight * open[j];
                candidates[count] = j;
                cumulated[count] = total;
                count++;
            }
        }
        for (int64_t beyond = 0; beyond < LOT; beyond++)
            cumulated[count + beyond] = INFINITY;
        for (int64_t place = 0; place < size; place++) {
            int64_t i = I64(team, place * MEMBER_SIZE + MEMBER_ACTOR);
            inside[i] = 0.0;
            open[i] = free[i] > 0;
        }
        found += count;
        sum += total;
    }
    *total_out = sum;
    return found;
}
