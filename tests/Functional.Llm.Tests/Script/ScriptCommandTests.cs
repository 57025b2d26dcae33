using System.Diagnostics;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>`dotnet script` itself: the installed host, as a user starts it.</summary>
public sealed class ScriptCommandTests : IClassFixture<InstalledHost>, IDisposable
{
    readonly ScriptFolder scripts = new();

    public ScriptCommandTests(InstalledHost host)
    {
        foreach (var (name, value) in host.Environment)
            scripts.Environment[name] = value;
    }

    public void Dispose() => scripts.Dispose();

    [Fact]
    public void The_installed_host_is_the_one_that_was_built()
    {
        using var host = new InstalledHost();
        var built = Directory.GetFiles(Path.GetDirectoryName(ScriptFolder.Host)!);
        Assert.Contains(ScriptFolder.Host, built);
        foreach (var file in built)
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(host.Tool, Path.GetFileName(file))));

        var dll = Path.Combine(host.Tool, "Functional.Llm.Script.dll");
        var installed = File.GetLastWriteTimeUtc(dll);
        host.Install();
        Assert.Equal(installed, File.GetLastWriteTimeUtc(dll));
        File.WriteAllText(dll, "an older build");
        host.Install();
        Assert.Equal(File.ReadAllBytes(ScriptFolder.Host), File.ReadAllBytes(dll));

        var table = File.ReadAllText(host.Table);
        Assert.Contains(dll, table, StringComparison.Ordinal);
        File.WriteAllText(host.Table, table.Replace(dll, ScriptFolder.Host, StringComparison.Ordinal));
        host.Install();
        Assert.Equal(table, File.ReadAllText(host.Table));
    }

    [Fact]
    public void Arguments_input_output_and_exit_code_pass_through()
    {
        var script = scripts.Write("main.csx", "Error.Write(In.ReadToEnd()); Write(string.Join('|', Args)); return 7;");
        var running = scripts.Start("dotnet", "script", script, "--", "--help", "-x", "c d");
        Assert.Equal(new(7, "--help|-x|c d", "in"), ScriptFolder.Finish(running, "in"));
        Assert.Equal("--version|a", scripts.Command(script, "--version", "a").Output);
    }

    [Fact]
    public void Help_and_version_are_given_on_standard_output()
    {
        var help = scripts.Command("--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.StartsWith("Usage: dotnet script FILE.csx", help.Output, StringComparison.Ordinal);
        Assert.Contains("Example: dotnet script", help.Output, StringComparison.Ordinal);
        Assert.Equal(new(0, "0.1.0", ""), scripts.Command("--version"));
        Assert.Equal(2, scripts.Command().ExitCode);
    }

    [LinuxFact]
    public void An_interrupt_stops_a_script() =>
        Assert.Equal(130, Interrupt("WriteLine(\"ready\"); await Task.Delay(60_000); return 3;").ExitCode);

    [LinuxFact]
    public void An_interrupt_stops_a_script_that_never_waits() =>
        Assert.Equal(130, Interrupt("WriteLine(\"ready\"); while (true) ;").ExitCode);

    [LinuxFact]
    public void A_script_may_handle_the_interrupt_itself()
    {
        var result = Interrupt("""
            var stop = new TaskCompletionSource();
            CancelKeyPress += (_, key) => { key.Cancel = true; stop.SetResult(); };
            WriteLine("ready");
            await stop.Task;
            WriteLine("stopped");
            return 5;
            """);
        Assert.Equal(new(5, "stopped", ""), result);
    }

    [LinuxFact]
    public void An_interrupt_leaves_no_half_written_file()
    {
        var prelude = Path.Combine(ScriptFolder.Repository, "scripts/prelude.csx");
        var file = scripts["out/tokens.bin"];
        var result = Interrupt($$"""
            #load "{{prelude}}"
            Functional.Llm.AtomicFile.Write("{{file}}", stream =>
            {
                stream.WriteByte(1);
                stream.Flush();
                WriteLine("ready");
                System.Threading.Thread.Sleep(60_000);
            });
            """);
        Assert.Equal(130, result.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    // Sends what Ctrl-C sends, to the command and the host that it started, once the script has said that it is ready.
    ScriptFolder.Result Interrupt(string text)
    {
        var process = scripts.Start("env", "--default-signal=INT", "setsid", "dotnet", "script", scripts.Write("main.csx", text));
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        using var kill = Process.Start("kill", ["-INT", "--", $"-{process.Id}"]);
        kill.WaitForExit();
        return ScriptFolder.Finish(process);
    }
}
