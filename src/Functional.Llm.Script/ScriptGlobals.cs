namespace Functional.Llm.ScriptHost;

/// <summary>What every script can name besides its own: the arguments that it was started with.</summary>
#pragma warning disable CA1515 // Compiled scripts are other assemblies, which use this class.
public sealed class ScriptGlobals(IList<string> args)
#pragma warning restore CA1515
{
    /// <summary>The script's arguments.</summary>
    public IList<string> Args { get; } = args;
}
