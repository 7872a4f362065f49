# Prints the ids of the runs under the folder $1.
_mnv4_nas_runs() {
  local state
  for state in "$1"/*/state.json; do
    [[ -e $state ]] || continue
    state=${state%/state.json}
    printf '%s\n' "${state##*/}"
  done
}

# Adds the lines of $1 that begin with the word before the cursor.
_mnv4_nas_add() {
  local line
  while IFS= read -r line; do
    [[ -n $line && $line == "$cur"* ]] || continue
    [[ $found == *f[io]l* ]] || printf -v line %q "$line" # readline itself quotes names of files
    COMPREPLY+=("$line")
  done <<<"$1"
}

_mnv4_nas() {
  local cur=${COMP_WORDS[COMP_CWORD]} at= root=runs option= position=0 takes= offered= found= i word
  COMPREPLY=()
  [[ $cur == = ]] && cur=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then # of --option=value
      continue
    elif [[ -n $option && ($takes == one || $word != -*) ]]; then
      [[ $option == --root ]] && root=${word//[\\\'\"]/} root=${root/#\~\//$HOME/}
      [[ $takes == several ]] || option=
    elif [[ $word == -* ]]; then
      _mnv4_nas_value "$at" "$word"
      option=${takes:+$word}
    else
      _mnv4_nas_names "$at commands"
      if [[ -n $offered ]]; then at="${at:+$at }$word"; else ((position++)); fi
    fi
  done
  if [[ -n $option && ($takes == one || $cur != -*) ]]; then
    _mnv4_nas_value "$at" "$option"
  elif [[ $cur == -* ]]; then
    _mnv4_nas_names "$at options"
    found=
  else
    _mnv4_nas_names "$at commands"
    found=
    if [[ -z $offered ]]; then
      for ((i = position; i >= 0; i--)); do # the last argument may take several
        _mnv4_nas_value "$at" "$i"
        [[ $i == "$position" || -z $takes || $takes == several ]] || takes= offered= found=
        [[ -z $takes ]] || break
      done
    fi
  fi
  _mnv4_nas_add "$offered"
  [[ $found == *runs* ]] && _mnv4_nas_add "$(_mnv4_nas_runs "$root")"
  if [[ $found == *f[io]l* ]]; then
    compopt -o filenames 2>/dev/null # since bash 4
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
      if [[ $found == *files* ]]; then compgen -f -- "$cur"; else compgen -d -- "$cur"; fi
    )
  fi
}

complete -F _mnv4_nas mnv4-nas
