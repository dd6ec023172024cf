"""What we compare models with: runs in the environment `.references`, apart from our own.

Reads one JSON request a line, answers with one: `{"work": "lifetimes bg/nbd", "data": "x.npz"}`
gives `{"seconds": …, "parameters": {…}}`; predictions are left beside the data, for comparison.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

WEEKS = 26.0


def main() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        asked = json.loads(line)
        answered = WORKS[asked["work"]](Path(asked["data"]))
        print(json.dumps(answered), flush=True)


def _columns(data: Path) -> tuple[Any, Any, Any]:
    held = np.load(data)
    return held["x"], held["t_x"], held["T"]


def _lifetimes_fit(name: str) -> Any:
    def fit(data: Path) -> dict[str, Any]:
        import lifetimes

        fitter = getattr(lifetimes, name)()
        columns = _columns(data)
        begun = time.perf_counter()
        fitter.fit(*columns)
        seconds = time.perf_counter() - begun
        FITTED[name] = fitter
        likelihood = -float(fitter._negative_log_likelihood_) * len(columns[0])
        return {
            "seconds": seconds,
            "parameters": {key: float(value) for key, value in fitter.params_.items()},
            "log_likelihood": likelihood,
        }

    return fit


def _lifetimes_predict(data: Path) -> dict[str, Any]:
    """Expected purchases and P(alive), with parameters handed over beside the data."""
    import lifetimes
    import pandas

    x, t_x, length = _columns(data)
    fitter = lifetimes.BetaGeoFitter()
    fitter.params_ = pandas.Series(json.loads(data.with_suffix(".json").read_text()))
    begun = time.perf_counter()
    expected = fitter.conditional_expected_number_of_purchases_up_to_time(WEEKS, x, t_x, length)
    alive = fitter.conditional_probability_alive(x, t_x, length)
    seconds = time.perf_counter() - begun
    answer = data.with_name("predicted.npz")
    np.savez(answer, expected=np.asarray(expected), alive=np.asarray(alive))
    return {"seconds": seconds, "predicted": str(answer)}


def _pymc_map(data: Path) -> dict[str, Any]:
    import pandas
    from pymc_marketing.clv import BetaGeoModel

    x, t_x, length = _columns(data)
    frame = pandas.DataFrame(
        {"customer_id": np.arange(len(x)), "frequency": x, "recency": t_x, "T": length}
    )
    begun = time.perf_counter()
    model = BetaGeoModel(data=frame)
    model.fit(method="map", progressbar=False)
    seconds = time.perf_counter() - begun
    found = model.fit_result
    names = ("r", "alpha", "a", "b")
    return {"seconds": seconds, "parameters": {name: found[name].values.item() for name in names}}


FITTED: dict[str, Any] = {}
WORKS = {
    "lifetimes bg/nbd": _lifetimes_fit("BetaGeoFitter"),
    "lifetimes pareto/nbd": _lifetimes_fit("ParetoNBDFitter"),
    "lifetimes predictions": _lifetimes_predict,
    "pymc-marketing bg/nbd map": _pymc_map,
}

if __name__ == "__main__":
    main()
