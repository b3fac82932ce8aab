namespace Mik.Fuzz;

/// <summary>How far a mutant came before the documented exception that stopped it.</summary>
internal enum FuzzStage
{
    Refused,
    Compiled,
    Instantiated,
    Run,
}
