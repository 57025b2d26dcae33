// Makes `dotnet script` run the host that runs this script: the one that was just built. The argument is the folder of the installed
// package. What is installed is compared by its bytes, so that a build which changed nothing, or another checkout of the same sources,
// leaves it alone. Builds of several checkouts may come here at once: they take turns.
#nullable enable

var installed = Args[0];
var tool = Path.Combine(installed, "tools", "net10.0", "any");
var built = AppContext.BaseDirectory;
var feed = Path.GetFullPath("..", built);
var home = Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") is { Length: > 0 } folder ? folder
    : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
var table = Path.Combine(home, ".dotnet", "toolResolverCache", "1", "functional.llm.script");   // where the command looks up the tool

using (var turn = Turn())
    return IsInstalled() && IsKnown() ? 0 : Install();

FileStream Turn()
{
    Directory.CreateDirectory(Path.GetDirectoryName(installed)!);
    for (var left = 600; ; left--)
    {
        try { return new FileStream(installed + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None); }
        catch (IOException) when (left > 0) { System.Threading.Thread.Sleep(100); }
    }
}

bool IsInstalled() => Directory.GetFiles(built).All(file =>
    Path.Combine(tool, Path.GetFileName(file)) is var copy && File.Exists(copy)
    && File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(copy)));

bool IsKnown() => File.Exists(table) && File.ReadAllText(table).Contains(System.Text.Json.JsonSerializer.Serialize(tool).Trim('"'));

// Restoring leaves an installed tool of the same version as it is, and its line in the table too, so both are removed first. The only
// source is the folder of the built package: nothing is asked of a network, and no package of the same name can take its place.
int Install()
{
    if (!IsInstalled() && Directory.Exists(installed))
        Directory.Delete(installed, recursive: true);
    if (!IsKnown() && File.Exists(table))
        File.Delete(table);
    var sources = Path.Combine(feed, "sources.config");
    File.WriteAllText(sources, $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="built" value="{System.Security.SecurityElement.Escape(feed)}" />
          </packageSources>
        </configuration>
        """);
    using var restore = Process.Start(Environment.ProcessPath!, ["tool", "restore", "--configfile", sources]);
    restore.WaitForExit();
    return restore.ExitCode;
}
