#!/bin/sh
# Entry point of the container image, below tini as process 1: starts mnv4-nas so that signals reach it and its exit code
# is the container's.
#
#   entrypoint.sh ARG...                 mnv4-nas ARG...
#   entrypoint.sh indexed FOLDER ARG...  the same with the arguments in FOLDER/$JOB_COMPLETION_INDEX, one per line, first
#   entrypoint.sh ranks N FILE...        the arguments in each FILE in turn, on N MPI ranks
#   entrypoint.sh rank-host              a host for ranks: sshd, which saves the runs of its ranks before it ends
#
# Exit codes: those of mnv4-nas; 2 for wrong use.
set -eu

home=${MNV4_HOME:-/opt/mnv4-nas}
export TMPDIR="${TMPDIR:-/tmp}"
[ -w "${HOME:-/}" ] || export HOME="$TMPDIR" # users without an entry in /etc/passwd get / from the container engine

wrong_use() {
  echo "entrypoint.sh: $1" >&2
  exit 2
}

# Starts the program with the lines of file $1 as arguments, followed by the other arguments.
with_lines_of() {
  [ -r "$1" ] || wrong_use "expected a file of arguments; got $1"
  file=$1
  shift
  others=$#
  while IFS= read -r line || [ -n "$line" ]; do set -- "$@" "$line"; done <"$file"
  while [ "$others" -gt 0 ]; do
    first=$1
    shift
    set -- "$@" "$first"
    others=$((others - 1))
  done
  "$command" "$@"
}

program() {
  exec node "$home/dist/cli/main.js" "$@"
}

# Runs the arguments on all ranks; mpirun gives a rank one second after SIGTERM, but passes SIGUSR1 on, a request to stop.
on_ranks() {
  mpirun -n "$ranks" --bind-to none -x MNV4_CACHE -x TMPDIR "$0" "$@" &
  child=$!
  status=0
  wait "$child" || status=$?
  while kill -0 "$child" 2>/dev/null; do # a signal ended the wait, not the child
    status=0
    wait "$child" || status=$?
  done
  child=
  [ "$status" -eq 0 ] || exit "$status"
}

# Process ids of the program in this container.
own_ranks() {
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -q "^[^ ]*node $home/dist/cli/main.js"; then
      echo "${process#/proc/}"
    fi
  done
}

# Asks the ranks of this container to stop, which all others then do too, and waits until they have saved their state.
stop_ranks() {
  for rank in $(own_ranks); do kill -USR1 "$rank" 2>/dev/null || true; done
  while [ -n "$(own_ranks)" ]; do sleep 0.2; done
}

case ${1:-} in
  indexed)
    [ $# -ge 2 ] || wrong_use 'expected a folder after indexed; got none'
    [ -n "${JOB_COMPLETION_INDEX:-}" ] || wrong_use 'expected JOB_COMPLETION_INDEX, as an indexed Job sets it; got none'
    file=$2/$JOB_COMPLETION_INDEX
    shift 2
    command=program
    with_lines_of "$file" "$@"
    ;;
  ranks)
    [ $# -ge 3 ] || wrong_use 'expected a number and files after ranks; got fewer'
    ranks=$2
    shift 2
    command=on_ranks
    child=
    stopped=
    trap 'stopped=yes; [ -z "$child" ] || kill -USR1 "$child" 2>/dev/null || true' TERM INT USR1
    for file in "$@"; do
      [ -z "$stopped" ] || exit 75
      with_lines_of "$file"
    done
    ;;
  rank-host)
    "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$home/container/sshd_config" &
    server=$!
    trap 'stop_ranks; kill "$server" 2>/dev/null || true' TERM INT
    status=0
    wait "$server" || status=$?
    while kill -0 "$server" 2>/dev/null; do wait "$server" || status=$?; done
    exit "$status"
    ;;
  *)
    program "$@"
    ;;
esac
