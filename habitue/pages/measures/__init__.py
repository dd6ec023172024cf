"""The owner's pages about figures: all of them, each by itself, and what lies behind them."""
