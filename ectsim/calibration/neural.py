"""A neural posterior from the same table, to cross-check the fit; it needs the extra ``npe``. Fitting lives beside."""

import importlib.util
from typing import Any

import numpy as np

from ectsim.calibration.fitting import Array, Fit
from ectsim.errors import InputError, Problem


def neural_fit(parameters: Array, summaries: Array, observed: Array, *, draws: int = 2000, seed: int = 1) -> Fit:
    """Posterior of the parameters given the observed summaries, by neural posterior estimation.

    Parameters
    ----------
    parameters, summaries, observed
        As :func:`ectsim.calibration.fitting.fit` takes them.
    draws
        How many draws D to take.
    seed
        Of training and draws.

    Returns
    -------
    Fit
        Equally weighted; ``accepted`` is empty and ``tolerance`` 0, for no simulation is accepted or refused.

    Raises
    ------
    InputError
        If ``sbi`` is not installed.

    References
    ----------
    Greenberg, Nonnenmacher and Macke (2019), Proceedings of ICML 97, 2404-2414; Tejero-Cantero et al. (2020), Journal
    of Open Source Software 5(52), 2505.
    """
    require_neural()
    import sbi.inference as inference  # pyright: ignore[reportMissingImports]
    import torch  # pyright: ignore[reportMissingImports]

    torch.manual_seed(seed)
    trainer: Any = inference.NPE(show_progress_bars=False)
    trainer.append_simulations(_tensor(parameters), _tensor(summaries)).train()
    sampled = trainer.build_posterior().sample((draws,), x=_tensor(observed), show_progress_bars=False)
    found = sampled.numpy().astype(np.float64)
    weights = np.full(draws, 1 / draws)
    return Fit(found, weights, np.empty(0, np.int64), 0.0, float(draws))


def require_neural() -> None:
    """Refuse at once, before hours of simulation, where the packages of the extra ``npe`` are missing.

    Raises
    ------
    InputError
        If ``sbi`` or PyTorch is not installed.
    """
    if any(importlib.util.find_spec(package) is None for package in ("sbi", "torch")):
        raise InputError([Problem("calibration.no_neural")])


def disagreement(fitted: Fit, crossed: Fit) -> tuple[Array, Array]:
    """How far a second posterior is from a first, two float arrays (P,).

    Distance of the means in standard deviations of the first, and standard deviation of the second over the first.
    """
    deviation, other = (np.sqrt(np.diag(one.covariance())) for one in (fitted, crossed))
    return (crossed.mean() - fitted.mean()) / deviation, other / deviation


def _tensor(values: Array) -> Any:
    import torch  # pyright: ignore[reportMissingImports]

    return torch.as_tensor(values, dtype=torch.float32)
