using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Tokens as people see them.</summary>
public sealed partial class TokenViewTests
{
    static readonly string[] Pieces = ["a", " b", "\n", "\e[31m\r\t", "<F0>"];

    [Fact]
    public void Without_colours_bars_stand_between_pieces_and_no_control_character_is_written()
    {
        var run = ScriptRun.Of("", o =>
        {
            o.WritePieces(Pieces);
            o.Print("x\e[31m\u009By\nz");
            o.Table([0], ("name", _ => "\a\u007F"));
            return null;
        });
        Assert.StartsWith("a| b|⏎\n|␛[31m␍␉|<F0>\nx␛[31m␡y\nz\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("│ ␇␡   │", run.Out, StringComparison.Ordinal);
    }

    /// <summary>What a terminal can do is known by its name alone, and so these tests may run on any.</summary>
    [Fact]
    public void On_a_terminal_pieces_have_colours_or_bars_between_them()
    {
        var run = ScriptRun.Of<EveryKind>([], o =>
        {
            o.WritePieces(Pieces);
            return null;
        }, watched: true);
        var text = Colour().Replace(run.Out, "");
        Assert.Equal("a b⏎\n␛[31m␍␉<F0>\n", text.Replace("|", "", StringComparison.Ordinal));
        Assert.NotEqual(run.Out.Contains('\e', StringComparison.Ordinal), text.Contains('|', StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_is_well_formed_whatever_the_pieces_are()
    {
        string[] pieces = [.. Pieces, "<script>&\"'", "\0\u0007\u001F\u007F\u0085", "😀", "]]>"];
        var page = XDocument.Parse(TokenView.Html("5 < 6 tokens", pieces, [.. Enumerable.Range(7, pieces.Length)]), LoadOptions.PreserveWhitespace);
        var spans = page.Descendants("span").ToArray();
        Assert.Equal(["a", " b", "⏎\n", "␛[31m␍␉", "<F0>", "<script>&\"'", "␀␇␟␡␡", "😀", "]]>"], spans.Select(span => span.Value));
        Assert.Equal(Enumerable.Range(7, pieces.Length), spans.Select(span => (int)span.Attribute("title")!));
        Assert.Equal("5 < 6 tokens", page.Descendants("h1").Single().Value);
        Assert.Equal("one two ", XDocument.Parse(TokenView.Html("", ["one", "two"], [0, 1], between: " "), LoadOptions.PreserveWhitespace).Descendants("p").Single().Value);
    }

    [Fact]
    public void Neighbours_differ_in_colour()
    {
        var classes = XDocument.Parse(TokenView.Html("", [.. Enumerable.Repeat("x", 12)], [.. Enumerable.Range(0, 12)])).Descendants("span").Select(span => (string)span.Attribute("class")!).ToArray();
        Assert.Equal(5, classes.Distinct().Count());
        Assert.DoesNotContain(classes.Skip(1).Zip(classes), pair => pair.Item1 == pair.Item2);
    }

    [Fact]
    public void A_token_is_visible_on_one_line()
    {
        Assert.Equal("␠a␊␡", TokenView.Visible(" a\n\u0085"u8.ToArray()));
        Assert.Equal("<20F0>", TokenView.Visible(new byte[] { 0x20, 0xF0 }));
        Assert.Equal("<F09F>", BytePairTokenizer.Of([new(new byte[] { 0xF0 }, new byte[] { 0x9F }, 256, 1)]).Piece(256));
    }

    [GeneratedRegex("\e\\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Colour();
}
