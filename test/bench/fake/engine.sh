#!/bin/sh
# A container engine without containers: what is to run in one, it runs itself. In the folder FAKE_ENGINE it writes each
# call to the file `calls`, a line of words with tabs behind them; a file `node` there has the version that Node is said
# to have inside.
{ printf '%s\t' "$@"; echo; } >>"$FAKE_ENGINE/calls"
case $1 in
  --version) echo 'Fake version 1' ;;
  image) echo 'sha256:feed' ;;
  inspect)
    shift $(($# - 1))
    cat "$FAKE_ENGINE/$1"
    ;;
  run)
    while [ "$1" != --entrypoint ]; do
      [ "$1" = --name ] && name=$2
      shift
    done
    program=$2
    shift 3
    [ "$1" = -p ] && [ -e "$FAKE_ENGINE/node" ] && exec cat "$FAKE_ENGINE/node"
    echo $$ >"$FAKE_ENGINE/$name"
    exec "$program" "$@"
    ;;
  rm)
    shift 2
    for name; do kill -9 "$(cat "$FAKE_ENGINE/$name")"; done
    ;;
esac
