"""Insistence: when to try again what has not helped. Pure."""


class Insistence:
    """At once, then after `shortest` seconds, and after twice as long each time, up to `longest`. Once it has helped, from the start."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self._pause, self._due = shortest, float("-inf")

    def is_due(self, now: float) -> bool:
        """Tell whether to try at `now`, in seconds on a clock that is never set. Whoever is told so tries."""
        if now < self._due:
            return False
        self._due = now + self._pause
        self._pause = min(2 * self._pause, self._longest)
        return True

    def forget(self) -> None:
        """Begin anew: it has helped."""
        self._pause, self._due = self._shortest, float("-inf")
