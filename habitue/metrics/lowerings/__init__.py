"""From a history to the aggregates: one module per place where the history lies, proved equal."""
