# Offers the words after $1, and the kinds of files and names that $1 lists.
_mnv4_nas__offer() {
  local kind found=1
  local -a expl ids
  if (( $# > 1 )); then
    _wanted values expl value compadd -- "${@:2}" && found=0
  fi
  for kind in ${=1}; do
    case $kind in
      files) _files && found=0 ;;
      folders) _files -/ && found=0 ;;
      runs) # the ids under the folder of --root
        ids=(${~${(Q)${(Q)opt_args[--root]:-runs}}}/*/state.json(N:h:t)) # _arguments has quoted it once more
        _wanted runs expl run compadd -a ids && found=0 ;;
    esac
  done
  return found
}

if [[ $funcstack[1] == _mnv4-nas ]]; then # autoloaded from a folder of $fpath
  _mnv4_nas "$@"
else
  compdef _mnv4_nas mnv4-nas
fi
