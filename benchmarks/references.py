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


def _figures(data: Path) -> dict[str, Any]:
    """RFM, simple figures and 24 months of cohorts, as one writes them with these two."""
    import lifetimes.utils
    import pandas

    begun, used = time.perf_counter(), time.process_time()
    names = ["customer", "on", "amount"]
    lines = pandas.read_parquet(data, columns=names, partitioning=None)
    lines["on"] = pandas.to_datetime(lines["on"])
    lives = lifetimes.utils.summary_data_from_transaction_data(
        lines, "customer", "on", monetary_value_col="amount"
    )
    for column in ("frequency", "recency", "monetary_value"):
        pandas.qcut(lives[column].rank(method="first"), 5, labels=False)
    born = lines.groupby("customer")["on"].transform("min").dt.to_period("M")
    month = lines["on"].dt.to_period("M")
    lines.groupby([born, month])["customer"].nunique()
    lines.groupby([born, month])["amount"].sum()
    found = _states(lines)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    return {"seconds": seconds, "cpu": cpu, "parameters": found}


def _states(lines: Any) -> dict[str, int]:
    """The quarter that `benchmarks.figures` asks for, with a window of 90 days."""
    import pandas

    since, until = pandas.Timestamp("2025-10-01"), pandas.Timestamp("2026-01-01")
    window = pandas.Timedelta(days=90)
    on = lines["on"]
    start = set(lines.loc[(on >= since - window) & (on < since), "customer"])
    end = set(lines.loc[(on >= until - window) & (on < until), "customer"])
    orders = lines.loc[(on >= since) & (on < until)].groupby("customer")["on"].count()
    return {
        "start": len(start),
        "kept": len(start & end),
        "buyers": len(orders),
        "repeaters": int((orders > 1).sum()),
        "known": int(lines.loc[on < until, "customer"].nunique()),
    }


FITTED: dict[str, Any] = {}
WORKS = {
    "lifetimes bg/nbd": _lifetimes_fit("BetaGeoFitter"),
    "lifetimes pareto/nbd": _lifetimes_fit("ParetoNBDFitter"),
    "lifetimes predictions": _lifetimes_predict,
    "lifetimes and pandas figures": _figures,
    "pymc-marketing bg/nbd map": _pymc_map,
}

if __name__ == "__main__":
    main()
