using Functional.Llm.Cli;

return Commands.Program.Run(args);
