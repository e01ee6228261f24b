"""Telemetry of VoiceMode, by the command voicemode-telemetry. Nothing here raises or waits for a network."""

import logging
import shutil
import subprocess
import sys
import threading

COMMAND = "voicemode-telemetry"
log = logging.getLogger("voicemode.telemetry")


def start() -> None:
    """Ask once for consent, if a person is at the terminal, and send in the background. Call it at every start."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if all(stream and not stream.closed and stream.isatty() for stream in streams) and run("ask") != 0:
        return  # It has said why.
    # An MCP server keeps its standard streams for the protocol. On Windows no console is to appear.
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    hidden = {"start_new_session": True, "creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    process = _start("send", "--background", **quiet, **hidden)
    if process:
        threading.Thread(target=_watch, args=(process,), daemon=True).start()


def run(*arguments: str) -> int:
    """Run a command, as run("status"), on this process's streams. Return its exit code, or 127 if it can't be started."""
    process = _start(*arguments)
    return process.wait() if process else 127


def _start(*arguments: str, **options) -> subprocess.Popen | None:
    path = shutil.which(COMMAND)
    try:
        if path and shutil.which("node"):
            return subprocess.Popen([path, *arguments], **options)
        log.warning("No telemetry: %s is not installed.", "Node.js" if path else COMMAND)
    except OSError as error:
        log.warning("No telemetry: %s can't be started (%s).", COMMAND, error.strerror)
    return None


def _watch(process: subprocess.Popen) -> None:
    _, why = process.communicate()
    if process.returncode != 0:
        log.warning("No telemetry: %s", why.decode(errors="replace").strip())
