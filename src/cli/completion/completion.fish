# True if the words after the program's name begin with $argv and, below a group of commands, go no further.
function __mnv4_nas_at
    set -l words (commandline -opc)[2..]
    test (count $words) -ge (count $argv); or return 1
    for i in (seq (count $argv))
        test $words[$i] = $argv[$i]; or return 1
    end
end

# The same, if no other word follows: here a command's name is due.
function __mnv4_nas_just_at
    test (count (commandline -opc)) -eq (math (count $argv) + 1); and __mnv4_nas_at $argv
end

# Prints the ids of the runs under the folder of --root.
function __mnv4_nas_runs
    set -l root runs
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case --root
                set -q words[(math $i + 1)]; and set root $words[(math $i + 1)]
            case '--root=*'
                set root (string replace -- --root= '' $words[$i])
        end
    end
    string replace -r '^~/' $HOME/ -- $root | read root
    for state in $root/*/state.json
        string split / -- $state | tail -n 2 | head -n 1
    end
end

complete -c mnv4-nas -f
