using Mik.Cli;

return await MikCommandLine.InvokeAsync(args, CliOutput.OfProcess());
