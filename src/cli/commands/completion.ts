import { Argument, type Command } from "commander";
import type { CliContext } from "../context.ts";

const bash = `# Completion of ctf for bash. Add to ~/.bashrc:  source <(ctf completion bash)
_ctf() {
  local IFS=$'\\n'
  COMPREPLY=($(ctf __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ctf ctf
`;

const zsh = `#compdef ctf
# Completion of ctf for zsh. Add to ~/.zshrc, after compinit:  source <(ctf completion zsh)
_ctf() {
  local -a candidates
  candidates=(\${(f)"$(ctf __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then
    compadd -a candidates
  else
    _files
  fi
}
compdef _ctf ctf
`;

const scripts = { bash, zsh } as const;

export function register(program: Command, context: CliContext): void {
  program
    .command("completion")
    .summary("print a completion script for bash or zsh")
    .description("Prints a script that completes commands, options, pipelines and transforms.")
    .addArgument(new Argument("<shell>", "which shell it is for").choices(["bash", "zsh"]))
    .addHelpText("after", "\nIn ~/.bashrc:  source <(ctf completion bash)\nIn ~/.zshrc:   source <(ctf completion zsh)")
    .action((shell: keyof typeof scripts) => {
      context.stdout.write(scripts[shell]);
    });
}
