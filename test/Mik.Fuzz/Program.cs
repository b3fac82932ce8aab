using Mik.Fuzz;

try
{
    var options = FuzzOptions.Parse(args);
    return options.Progress is null ? Supervisor.Run(options) : new Worker(options).Run();
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\nusage: {FuzzOptions.Usage}");
    return 2;
}
