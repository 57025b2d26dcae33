using System.Text;
using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Files made to exhaust a reader are refused early and cost a small multiple of their size.</summary>
public sealed class HostileFileTests
{
    const int Mebibyte = 1 << 20;

    static string Fault<R>(Either<Error, R> either) => either.Match(_ => "no error", error => error.Message);

    [Fact]
    public void An_endless_line_is_refused_after_its_beginning()
    {
        using var stream = new EndlessStream((byte)'1');
        Assert.Equal("endless:1:1: a line of more than 1,048,576 bytes; expected a table as UTF-8 text; check that the file is a table", Fault(SourceFile.Read("endless", stream, 1L << 30)));
        Assert.InRange(stream.Position, 1, 4 * Mebibyte);
    }

    [Fact]
    public void An_endless_binary_file_is_refused_after_its_beginning()
    {
        using var stream = new EndlessStream(0);
        Assert.StartsWith("endless:1:1: a zero byte", Fault(SourceFile.Read("endless", stream, 1L << 30)), StringComparison.Ordinal);
        Assert.InRange(stream.Position, 1, 2 * Mebibyte);
    }

    [Fact]
    public void Endless_rows_are_refused_where_memory_ends()
    {
        using var stream = new EndlessStream((byte)'\n');
        Assert.Equal("endless:1:1: the file is larger than 8,388,608 bytes; expected a table that fits into memory; take a part of its rows", Fault(SourceFile.Read("endless", stream, 8 * Mebibyte)));
        using var large = new MemoryStream(new byte[9 * Mebibyte]);
        Assert.StartsWith("large:1:1: the file is larger", Fault(SourceFile.Read("large", large, 8 * Mebibyte)), StringComparison.Ordinal);
        Assert.Equal(0, large.Position);
    }

    [Theory]
    [InlineData("a,b\n", ",\n")]
    [InlineData("a,b\n", "1,2\n")]
    [InlineData("a\n", "\"\n\"\n")]
    [InlineData("a,b\n1,\"", "2\n")]
    [InlineData("a,b\n1,2\n", "\n")]
    [InlineData("\"", "\n,\"\"")]
    public void A_table_costs_a_small_multiple_of_its_file(string head, string repeated)
    {
        var text = Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat(repeated, 4 * Mebibyte / repeated.Length)));
        using var stream = new MemoryStream(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = SourceFile.Read("big", stream, long.MaxValue >> 1).Bind(Csv.Parse);
        Assert.InRange((double)(GC.GetAllocatedBytesForCurrentThread() - before) / text.Length, 0, 16);
    }

    [Fact]
    public void A_quote_opened_before_a_million_lines_is_reported_where_it_opens() => Assert.StartsWith(
        "t.csv:2:3: a quote that is never closed;",
        Fault(Table.FromText("a,b\n1,\"2\n" + string.Concat(Enumerable.Repeat("3,4\n", Mebibyte)), "t.csv")),
        StringComparison.Ordinal);
}
