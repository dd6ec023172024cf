"""What is bought together, and what a customer may like next: from the lines of orders.

`baskets.of(…)` reads lines, `pairs.together(…)` finds what is bought together, `suggesting.suggest`
what each customer may like next, `judging.judge` whether that is better than what is popular.
"""
