"""The same luck in every world: draws that depend on who, when and what for, never on the order of calls.

Every draw is one block of Philox4x32-10 (Salmon et al. 2011) whose key is the seed and whose counter is
(first identity, second identity, month and birth month, purpose). A block gives four uniforms.
"""

import math

import numpy as np

from ectsim.compiled import rule

# Purposes of draws; within one block the four uniforms have the uses named.
RECOGNITION = 1  # actor, month: idea or not · theme
NEEDS = 2  # project: scale of needs
APPLY = 3  # project, instrument and edition: carrier's threshold
SCORE = 4  # project, instrument and edition: noise of the jury
OUTSIDE = 5  # instrument, edition: a file from beyond the territory
PROJECT_MONTH = 6  # project, month: first invitation · second · intake by an officer · ending
OFFICER = 7  # project, month: candidates an officer thinks of
JOIN = 8  # actor, project: threshold for the pair's life
STATE = 9  # actor, project, month: states contribution and counterpart
SLEEP = 10  # project, month: how long it will sleep
EVENT = 11  # actor, month: takes part · whom it meets
ATTRIBUTES = 20  # actor: attributes, one block after the other
PLACE = 21  # actor: commune
TIES = 22  # actor: ties, one block each
PAIR = 23  # two actors: initial trust · conflict · past cooperation
STRATUM = 24  # stratum: start of the systematic sample of communes

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_UNIT = 2.0**-32


@rule
def philox(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two, all held in uint64."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@rule
def uniforms(seed, purpose, month, first, second, birth):
    """Four uniforms in (0, 1) for a purpose, a month and an identity.

    Parameters
    ----------
    seed : int
        Root seed of the run, 64 bits.
    purpose : int
        One of the constants of this module.
    month : int
        Months since the start of the burn-in, below 65,536; 0 where the draw holds for life.
    first, second : int
        Identities: an actor's key; for a project its initiator's key as ``second``; for ties both actors.
    birth : int
        Birth month of the project, 0 for actors.
    """
    seed = np.uint64(seed)
    when = np.uint64(month) | (np.uint64(birth) << np.uint64(16))
    words = philox(
        np.uint64(first), np.uint64(second), when & _LOW, np.uint64(purpose), seed & _LOW, (seed >> _HALF) & _LOW
    )
    return (
        (float(words[0]) + 0.5) * _UNIT,
        (float(words[1]) + 0.5) * _UNIT,
        (float(words[2]) + 0.5) * _UNIT,
        (float(words[3]) + 0.5) * _UNIT,
    )


@rule
def normal(u):
    """Standard normal quantile of ``u`` in (0, 1), to about 1e-16 (Wichura 1988, AS 241)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
        top = (top * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4
        top = (top * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
        top = (top * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
        low = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
        low = (low * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4
        low = (low * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
        low = (low * r + 4.2313330701600911252e1) * r + 1.0
        return q * top / low
    r = u if q < 0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
        top = (top * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0
        top = (top * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0
        top = (top * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
        low = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
        low = (low * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1
        low = (low * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0
        low = (low * r + 2.05319162663775882187e0) * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        top = (top * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2
        top = (top * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0
        top = (top * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
        low = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
        low = (low * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4
        low = (low * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
        low = (low * r + 5.99832206555887937690e-1) * r + 1.0
    value = top / low
    return -value if q < 0 else value


@rule
def logistic(u):
    """Standard logistic quantile of ``u`` in (0, 1): the threshold of a logit choice."""
    return math.log(u / (1.0 - u))


@rule
def share(median, spread, u):
    """A share in (0, 1), logit-normal: median, standard deviation on the logit scale, uniform."""
    return 1.0 / (1.0 + math.exp(-(math.log(median / (1.0 - median)) + spread * normal(u))))
