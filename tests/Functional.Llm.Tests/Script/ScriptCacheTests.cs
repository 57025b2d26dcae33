using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A compiled script is kept, and is never used when it is not the script that was asked for.</summary>
public sealed class ScriptCacheTests : IDisposable
{
    const string CountsCompilers =
        "return AppDomain.CurrentDomain.GetAssemblies().Count(a => a.FullName!.StartsWith(\"Microsoft.CodeAnalysis\"));";

    readonly ScriptFolder scripts = new();

    public void Dispose() => scripts.Dispose();

    [Fact]
    public void A_second_run_does_not_load_the_compiler()
    {
        Assert.Equal(2, scripts.Run(CountsCompilers).ExitCode);
        Assert.Equal(0, scripts.Run(CountsCompilers).ExitCode);
        Assert.Equal(0, scripts.Run(CountsCompilers, "another", "argument").ExitCode);
        Assert.Single(scripts.Cached);
    }

    [Fact]
    public void A_changed_script_or_loaded_file_is_compiled_again()
    {
        const string Main = "#load \"a.csx\"\nreturn X;";
        scripts.Write("a.csx", "#load \"b.csx\"");
        foreach (var expected in new[] { 11, 12, 11 })
        {
            scripts.Write("b.csx", $"const int X = {expected};");
            Assert.Equal(expected, scripts.Run(Main).ExitCode);
        }

        Assert.Equal(2, scripts.Cached.Count);
        Assert.Equal(12, scripts.Run("#load \"a.csx\"\nreturn X + 1;").ExitCode);
    }

    [Fact]
    public void A_changed_referenced_assembly_compiles_the_script_again()
    {
        foreach (var expected in new[] { 11, 12 })
        {
            Library.Write(scripts["Numbers.dll"], expected);
            Assert.Equal(expected, scripts.Run("#r \"Numbers.dll\"\nreturn Numbers.Constant;").ExitCode);
        }
    }

    [Fact]
    public void A_loaded_file_that_appears_later_is_seen()
    {
        Assert.Equal(1, scripts.Run("#load \"a.csx\"\nreturn X;").ExitCode);
        scripts.Write("a.csx", "const int X = 11;");
        Assert.Equal(11, scripts.Run("#load \"a.csx\"\nreturn X;").ExitCode);
    }

    [Fact]
    public void A_damaged_entry_is_compiled_again()
    {
        Assert.Equal(2, scripts.Run(CountsCompilers).ExitCode);
        var entry = Assert.Single(scripts.Cached);
        var good = File.ReadAllBytes(entry);
        var flipped = good.ToArray();
        flipped[good.Length / 2] ^= 1;
        foreach (var bad in new[] { [], good[..5], good[..^1], good[..(good.Length / 2)], flipped, new byte[good.Length] })
        {
            File.WriteAllBytes(entry, bad);
            Assert.Equal(new(2, "", ""), scripts.Run(CountsCompilers));
            Assert.Equal(good.Length, new FileInfo(entry).Length);
        }

        Assert.Equal(0, scripts.Run(CountsCompilers).ExitCode);
    }

    [Fact]
    public void Processes_may_start_one_script_at_once()
    {
        for (var round = 0; round < 3; round++)
        {
            scripts.Write("main.csx", $"Write({round}); return 9;");
            var running = Enumerable.Range(0, 4).Select(_ => scripts.Start("dotnet", ScriptFolder.Host, scripts["main.csx"])).ToArray();
            Assert.All(running, process => Assert.Equal(new(9, $"{round}", ""), ScriptFolder.Finish(process)));
            Assert.Equal(round + 1, scripts.Cached.Count);
        }
    }

    [Fact]
    public void Old_entries_are_removed()
    {
        Directory.CreateDirectory(scripts["cache/functional-llm-script"]);
        for (var i = 0; i < 300; i++)
            File.SetLastWriteTimeUtc(scripts.Write($"cache/functional-llm-script/{i}", ""), DateTime.UtcNow.AddMinutes(-i - 1));
        Assert.Equal(0, scripts.Run("return 0;").ExitCode);
        Assert.Equal(256, scripts.Cached.Count);
        Assert.True(File.Exists(scripts["cache/functional-llm-script/254"]));
        Assert.False(File.Exists(scripts["cache/functional-llm-script/255"]));
    }

    [Fact]
    public void Without_a_usable_cache_folder_a_script_runs_all_the_same()
    {
        scripts.Write("cache", "a file where the folder should be");
        Assert.Equal(new(3, "", ""), scripts.Run("return 3;"));
    }
}
