"""Run one command and print its wall time and peak memory as JSON: `python -I -S timed.py FOLDER one|all COMMAND…`.

A process of its own for every measurement: Linux counts the memory of whoever starts a child into that child's peak
(exec keeps the high-water mark of the memory it replaces), and RUSAGE_CHILDREN is a maximum over all children so far.
The command's output goes to FOLDER/stdout and FOLDER/stderr; FOLDER/empty is its working directory. The peak is that of
the largest process among the command and those it waited for.

With `all`, also what the command and every process below it hold together at one time is told, the most of it: the sum of their
proportional set sizes (PSS), in which memory that several share counts once, a part in each. They are looked at fifty times a
second, which takes them some time, so such a run is none to be timed; who lives shorter may be missed. Without /proc/PID/smaps_rollup
it is the sum of the peaks of those that live at the same time, in which shared memory counts in each.
"""

import os
import sys
import threading
import time

HAS_SHARES = os.path.exists("/proc/self/smaps_rollup")


def held_below(process: int) -> int:
    """What a process and all below it hold, in bytes, as far as they are still there."""
    name, line = ("smaps_rollup", b"\nPss:") if HAS_SHARES else ("status", b"\nVmHWM:")
    try:
        with open(f"/proc/{process}/{name}", "rb") as file:
            told = file.read().partition(line)[2].split(None, 1)
        held = int(told[0]) * 1024 if told else 0
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children", "rb") as file:
                below = file.read().split()
            held += sum(held_below(int(child)) for child in below)
        return held
    except OSError:
        return 0


folder, whom, *command = sys.argv[1:]
os.chdir(f"{folder}/empty")
writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, f"{folder}/stdout", writing, 0o600),
    (os.POSIX_SPAWN_OPEN, 2, f"{folder}/stderr", writing, 0o600),
]
sums = [0]  # the largest so far
done = threading.Event()


def keep_looking() -> None:
    while not done.wait(0.02):
        sums[0] = max(sums[0], held_below(child))


start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
if whom == "all":
    threading.Thread(target=keep_looking, daemon=True).start()
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
done.set()
peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
# Peaks: the last look may have been too early for the largest. And there are systems without /proc, and commands that are too short.
sum_bytes = sums[0] if HAS_SHARES and sums[0] else max(peak_bytes, sums[0])
told = f'"seconds": {seconds}, "peak_bytes": {peak_bytes}, "sum_bytes": {sum_bytes}'
print(f'{{{told}, "status": {os.waitstatus_to_exitcode(status)}}}')
