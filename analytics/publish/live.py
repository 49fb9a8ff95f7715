"""A served site whose pages reload when they change."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

RELOAD_SCRIPT = "/-/reload.js"
STATE = "/-/state"
# A browser that waits longer than this asks again.
WAIT_SECONDS = 20.0
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)

SCRIPT = """// Asks whether a page changed and loads it anew, or tells what is wrong.
(async () => {
  let known = null;
  for (;;) {
    try {
      const asked = `/-/state?since=${known ?? ""}&page=${encodeURIComponent(location.pathname)}`;
      const state = await (await fetch(asked, { cache: "no-store" })).json();
      if (known !== null && state.generation !== known && !state.message) location.reload();
      known = state.generation;
      let note = document.getElementById("watch-message");
      if (!state.message) { note?.remove(); continue; }
      if (!note) {
        note = document.createElement("pre");
        note.id = "watch-message";
        note.setAttribute("role", "alert");
        note.style.cssText = "position:fixed;inset:auto 0 0 0;margin:0;padding:1rem;" +
          "background:#a8231b;color:#fff;white-space:pre-wrap;z-index:1000";
        document.body.append(note);
      }
      note.textContent = state.message;
    } catch {
      await new Promise((done) => setTimeout(done, 500));
    }
  }
})();
"""


class LiveSite:
    """A tree that changes while it is served: its generation, and what is wrong with it."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self._generation = 0
        self._message = ""
        self._pages: dict[str, None] = {}
        self._changed = threading.Condition()

    def reload(self) -> None:
        """Have every open page load itself anew."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def tell(self, message: str) -> None:
        """Show a message on every open page from the next reload on; an empty one takes it away."""
        with self._changed:
            self._message = message

    def shown_documents(self) -> list[str]:
        """Return the documents of the pages that browsers show, last asked first."""
        with self._changed:
            return list(reversed(self._pages))

    def state(self, since: str, page: str, *, wait_seconds: float = WAIT_SECONDS) -> bytes:
        """Return generation and message as JSON, once the generation is another than known.

        Parameters
        ----------
        since : str
            The generation that the browser knows; empty the first time.
        page : str
            Path of the page that it shows.
        wait_seconds : float
            How long to wait for a change.
        """
        path = page.partition("/latest/")[2].removesuffix(".html")
        with self._changed:
            if path:
                self._pages.pop(f"{path}.qmd", None)
                self._pages[f"{path}.qmd"] = None
            if since == str(self._generation):
                self._changed.wait(wait_seconds)
            return json.dumps({"generation": self._generation, "message": self._message}).encode()


def with_reload(page: bytes) -> bytes:
    """Return a page with the script that reloads it."""
    tag = f'<script defer src="{RELOAD_SCRIPT}"></script>'.encode()
    return _HEAD.sub(lambda match: match[0] + b"\n" + tag, page, count=1)
