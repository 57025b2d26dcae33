using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Texts are read whole, or refused at the place that is no text.</summary>
public sealed class TextFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static string Fault<R>(Either<Error, R> either) => either.Match(_ => "no error", error => error.Message);

    [Theory]
    [InlineData(""), InlineData("\n"), InlineData("naïve 🙂 Ωmega\r\nzero \0 byte\n")]
    public void A_text_is_read_as_it_was_written(string text)
    {
        Assert.Equal(text, TextFile.Read(folder.Write("a.txt", text)).OrFail());
        Assert.Equal(text, TextFile.Read(folder.Write("b.txt", [0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(text)])).OrFail());
    }

    static string Opened(string path)
    {
        using var reader = TextFile.Open(path).OrFail();
        return reader.ReadToEnd();
    }

    [Fact]
    public void A_text_that_is_read_as_it_is_taken_is_the_same()
    {
        // Characters of three bytes lie across the blocks in which the file is looked through.
        var text = "\uFEFFx" + new string('€', 100_000) + "🙂";
        Assert.Equal(text[1..], Opened(folder.Write("a.txt", text)));
        Assert.Equal("", Opened(folder.Write("b.txt", "")));
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var place in new[] { 0, 65_535, 65_536, 65_537, bytes.Length - 4, bytes.Length - 1 })
        {
            var wrong = folder.Write("c.txt", [.. bytes[..place], 0xFF, .. bytes[(place + 1)..]]);
            Assert.Matches("c.txt: bytes that are not UTF-8 at byte [0-9,]+; expected a text in UTF-8; save it as UTF-8", Fault(TextFile.Open(wrong)));
        }

        Assert.EndsWith("at byte 300,004; expected a text in UTF-8; save it as UTF-8", Fault(TextFile.Open(folder.Write("d.txt", bytes[..^1]))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_read_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var make = System.Diagnostics.Process.Start("mkfifo", [folder["pipe"]]);
        await make.WaitForExitAsync();
        using var write = System.Diagnostics.Process.Start("sh", ["-c", "printf 'through a pipe' > \"$0\"", folder["pipe"]]);
        Assert.Equal("through a pipe", await Task.Run(() => Opened(folder["pipe"])).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_long_line_is_a_text()
    {
        var text = new string('x', 3_000_000);
        Assert.Equal(text, TextFile.Read(folder.Write("a.txt", text)).OrFail());
    }

    [Fact]
    public void What_is_no_text_is_told_at_its_place()
    {
        var bytes = folder.Write("a.txt", [.. "first\nsée "u8, 0xFF, .. " end"u8]);
        Assert.Equal($"{bytes}:2:5: bytes that are not UTF-8; expected a text in UTF-8; save it as UTF-8", Fault(TextFile.Read(bytes)));
        Assert.StartsWith($"{folder.Path}:1:1: this is a folder; expected a text file;", Fault(TextFile.Read(folder.Path)), StringComparison.Ordinal);
        Assert.StartsWith("'':1:1: no such file;", Fault(TextFile.Read("")), StringComparison.Ordinal);
        Assert.StartsWith($"{folder["x"]}:1:1: no such file; expected a text file;", Fault(TextFile.Read(folder["x"])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_text_is_refused_where_memory_ends()
    {
        using var stream = new EndlessStream((byte)'x');
        Assert.Equal("endless:1:1: the file is larger than 1,000,000 bytes; expected a text that fits into memory; take a part of it", Fault(TextFile.Read("endless", stream, 1_000_000)));
        Assert.InRange(stream.Position, 1_000_000, 1_100_000);
    }

    public void Dispose() => folder.Dispose();
}
