"""The owner's connected shops: connecting one in a few steps, what it told, what became of it."""
