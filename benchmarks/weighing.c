/* The hottest rule in C: ectsim.model.invitations._weigh_ties over all live projects, on the arrays of the state.
   Sizes and offsets of the records come from NumPy as macros. */
#include <stdint.h>

#define I64(base, offset) (*(const int64_t *)((const char *)(base) + (offset)))

int64_t weigh_all(char *actors, const int64_t *neighbours, const double *trust, const double *reach,
                  const char *projects, const char *members, const int64_t *alive, int64_t alive_count,
                  int64_t *stamp, int64_t *candidates, int64_t *sponsors, double *cumulated, double *total_out)
{
    int64_t found = 0;
    double sum = 0.0;
    for (int64_t order = 0; order < alive_count; order++) {
        int64_t row = alive[order];
        const char *project = projects + row * PROJECT_SIZE;
        if (I64(project, PROJECT_STATUS) != 0)
            continue;
        const char *team = members + row * MEMBERS * MEMBER_SIZE;
        int64_t size = I64(project, PROJECT_TEAM);
        *stamp += 1;
        for (int64_t place = 0; place < size; place++)
            *(int64_t *)(actors + I64(team, place * MEMBER_SIZE + MEMBER_ACTOR) * ACTOR_SIZE + ACTOR_MARK) = *stamp;
        int64_t count = 0;
        double total = 0.0;
        for (int64_t place = 0; place < size; place++) {
            int64_t i = I64(team, place * MEMBER_SIZE + MEMBER_ACTOR);
            int64_t degree = I64(actors, i * ACTOR_SIZE + ACTOR_DEGREE);
            for (int64_t tie = 0; tie < degree; tie++) {
                int64_t j = neighbours[i * TIES + tie];
                const char *other = actors + j * ACTOR_SIZE;
                if (I64(other, ACTOR_COMMITMENTS) >= I64(other, ACTOR_CAPACITY) || I64(other, ACTOR_MARK) == *stamp)
                    continue;
                total += trust[i * TIES + tie] * reach[i * TIES + tie];
                candidates[count] = j;
                sponsors[count] = i;
                cumulated[count] = total;
                count++;
            }
        }
        found += count;
        sum += total;
    }
    *total_out = sum;
    return found;
}
