"""A neural posterior from the same table, to cross-check the fit; it needs the extra ``npe``. Fitting lives beside."""

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
    try:
        import sbi.inference as inference  # pyright: ignore[reportMissingImports]
        import torch  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise InputError([Problem("calibration.no_neural")]) from None
    torch.manual_seed(seed)
    trainer: Any = inference.NPE(show_progress_bars=False)
    trainer.append_simulations(_tensor(parameters), _tensor(summaries)).train()
    sampled = trainer.build_posterior().sample((draws,), x=_tensor(observed), show_progress_bars=False)
    found = sampled.numpy().astype(np.float64)
    weights = np.full(draws, 1 / draws)
    return Fit(found, weights, np.empty(0, np.int64), 0.0, float(draws))


def disagreement(fitted: Fit, crossed: Fit) -> Array:
    """Distance of the two posterior means, in standard deviations of the first, float array (P,)."""
    return (crossed.mean() - fitted.mean()) / np.sqrt(np.diag(fitted.covariance()))


def _tensor(values: Array) -> Any:
    import torch  # pyright: ignore[reportMissingImports]

    return torch.as_tensor(values, dtype=torch.float32)
