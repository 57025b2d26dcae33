using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The built host, installed as a build installs it, but in a folder of its own: other checkouts on this machine share the usual one.</summary>
public sealed class InstalledHost : IDisposable
{
    readonly ScriptFolder folder = new();

    /// <summary>Installs it.</summary>
    public InstalledHost() => Install();

    /// <summary>The folder of the installed files.</summary>
    public string Tool => Path.Combine(Package, "tools", "net10.0", "any");

    /// <summary>Where the dotnet command looks up local tools.</summary>
    public string Table => folder["home/.dotnet/toolResolverCache/1/functional.llm.script"];

    /// <summary>The environment in which `dotnet script` is this host.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["NUGET_PACKAGES"] = folder["packages"], ["DOTNET_CLI_HOME"] = folder["home"] };

    string Package => folder["packages/functional.llm.script/0.1.0"];

    /// <summary>Does what the build does at its end.</summary>
    public void Install()
    {
        foreach (var (name, value) in Environment)
            folder.Environment[name] = value;
        var result = folder.RunFile(Path.Combine(ScriptFolder.Repository, "src/Functional.Llm.Script/install.csx"), Package);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();
}
