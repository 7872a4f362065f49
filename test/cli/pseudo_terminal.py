"""Runs a program in a pseudo-terminal: pseudo_terminal.py COLUMNS ROWS PROGRAM ARGS...

Writes to standard output all that the program writes to its terminal, and exits with the program's status. Reads from
standard input JSON lines: {"keys": TEXT} types a text, {"resize": [COLUMNS, ROWS]} changes the size, which is written to
standard output as the command 7777 of the operating system, between what came before and after it.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))


def main():
    columns, rows, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    child, terminal = pty.fork()
    if child == 0:
        resize(0, columns, rows)
        os.execvp(program[0], program)
    commands = sys.stdin.fileno()
    pending, sources = b'', {terminal, commands}
    while True:
        for ready in select.select(sources, [], [])[0]:
            if ready == terminal:
                try:
                    output = os.read(terminal, 65536)
                except OSError:  # the program has closed its end
                    output = b''
                if not output:
                    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                os.write(1, output)
                continue
            given = os.read(commands, 65536)
            if not given:  # the test has ended
                os.kill(child, signal.SIGKILL)
                sources = {terminal}
            pending += given
            *lines, pending = pending.split(b'\n')
            for line in map(json.loads, lines):
                if 'resize' in line:
                    while select.select([terminal], [], [], 0)[0]:
                        os.write(1, os.read(terminal, 65536))
                    resize(terminal, *line['resize'])
                    os.write(1, b'\x1b]7777;%d;%d\x07' % tuple(line['resize']))
                else:
                    os.write(terminal, line['keys'].encode())


main()
