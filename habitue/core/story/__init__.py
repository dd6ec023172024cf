"""Stories: what happens in a program and what must then be true, as an owner writes it.

```yaml
- {at: 2026-02-01, alice: buys 80.00, then: {points: 80, tier: insider}}
- {at: 2026-06-01, alice: takes mini, then: {refused: insufficient}}
```

`parse` reads a story as carefully as `document` reads a program; `play` runs it through the
engine, checks every `then` and tells what happened, step by step, with reasons.

A member joins with their first step, unless that step says `joins`, the program enrols by
itself, or the story begins with `- guests: [chiara]`. A time is noon where none is given. Time
passes by itself: `{at: 2027-08-01, then: …}` speaks of the member who acted last.
"""

from __future__ import annotations

from habitue.core.story.playing import Played, Row, play
from habitue.core.story.reading import Story, parse
from habitue.core.story.seeing import Failure

__all__ = ["Failure", "Played", "Row", "Story", "parse", "play"]
