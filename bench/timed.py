"""Run one command and print its wall time and peak memory as JSON: `python -I -S timed.py FOLDER COMMAND…`.

A process of its own for every measurement: Linux counts the memory of whoever starts a child into that child's peak
(exec keeps the high-water mark of the memory it replaces), and RUSAGE_CHILDREN is a maximum over all children so far.
The command's output goes to FOLDER/stdout and FOLDER/stderr; FOLDER/empty is its working directory. The peak is that of
the largest process among the command and those it waited for.
"""

import os
import sys
import time

folder, *command = sys.argv[1:]
os.chdir(f"{folder}/empty")
writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, f"{folder}/stdout", writing, 0o600),
    (os.POSIX_SPAWN_OPEN, 2, f"{folder}/stderr", writing, 0o600),
]
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(f'{{"seconds": {seconds}, "peak_bytes": {peak_bytes}, "status": {os.waitstatus_to_exitcode(status)}}}')
