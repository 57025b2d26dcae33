using System.Text;
using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What a table says of malformed text: one line with the place, what was found, what was expected and how to mend it.</summary>
public sealed class TableErrorTests
{
    static string Fault<R>(Either<Error, R> either) => either.Match(_ => "no error", error => error.Message);

    static string FaultOf(string text) => Fault(Table.FromText(text, "t.csv"));

    static string FaultOfNumbers(string text, string[] columns, MissingPolicy missing = MissingPolicy.Error) =>
        Fault(Table.FromText(text, "t.csv").Bind(table => table.Numbers([.. columns], missing)));

    const string Empty = "t.csv:1:1: an empty file; expected a header line that names the columns, then rows; check that this is the file you mean";
    const string Unclosed = "a quote that is never closed; expected a closing quote; close it, or double it (\"\") if it is part of the text";
    const string Stray = "a quote inside a cell; expected quotes around a whole cell only; put the cell in quotes, and double (\"\") those inside";

    [Theory]
    [InlineData("", Empty)]
    [InlineData("\uFEFF \r\n\t\n", Empty)]
    [InlineData("a,b\n", "t.csv:2:1: no rows under the header; expected at least one row; check that this is the file you mean")]
    [InlineData("1,2\n3,4\n", "t.csv:1:1: numbers in the first line; expected a header line that names the columns; put one above the rows")]
    [InlineData("a,,c\n1,2,3\n", "t.csv:1:3: a column without a name; expected a name for every column; name it in the header line")]
    [InlineData("a,b, a\n1,2,3\n", "t.csv:1:5: a second column 'a'; expected different names; rename one of the two")]
    [InlineData("a,b,c\n1,2,3\n4,5\n", "t.csv:3:4: a row of 2 cells; expected 3, as in the header line; add the cells that are lacking")]
    [InlineData("a,b\n1,2,3,4\n", "t.csv:2:5: a row of 4 cells; expected 2, as in the header line; remove the surplus cells, or put a cell that holds a separator in quotes")]
    [InlineData("a,b\n1,\"2\n3,4\n", "t.csv:2:3: " + Unclosed)]
    [InlineData("a,\"b\n1,2\n", "t.csv:1:3: " + Unclosed)]
    [InlineData("a,b\n\"x\ny\",2\n3,5\" disk\n", "t.csv:4:3: " + Stray)]
    [InlineData("a,b\n\"x\"y,2\n", "t.csv:2:1: " + Stray)]
    public void Malformed_text_is_refused_where_it_is_malformed(string text, string message) => Assert.Equal(message, FaultOf(text));

    const string Word = "in column 'b'; expected a number; correct the cell, with a decimal point and no thousands separators (1234.5), or choose other columns";

    [Theory]
    [InlineData("a,b\n1,fast\n", "t.csv:2:3: 'fast' " + Word)]
    [InlineData("a,b\r\n1,2\r\n\r\nžž, 3 km\r\n", "t.csv:4:4: '3 km' " + Word)]
    [InlineData("a,b\n\"two\nlines\",\"1,234\"\n", "t.csv:3:8: '1,234' " + Word)]
    [InlineData("a,b\n1,0x10\n", "t.csv:2:3: '0x10' " + Word)]
    [InlineData("a;b\n1;2,5\n", "t.csv:2:3: '2,5' " + Word)]
    [InlineData("a,b\n1,\"say \"\"2\"\"\n\"\n", "t.csv:2:3: 'say \"2\"␊' " + Word)]
    [InlineData("a,b\n1,1e999\n", "t.csv:2:3: the number '1e999' in column 'b'; expected a number between -1.8e308 and 1.8e308; correct the cell")]
    [InlineData("a,b\n1,-Infinity\n", "t.csv:2:3: the number '-Infinity' in column 'b'; expected a number between -1.8e308 and 1.8e308; correct the cell")]
    [InlineData("a,b\n1,2\n3,\n", "t.csv:3:3: the missing value '' in column 'b'; expected a number; fill it in, or leave out the rows that lack a value with --missing drop")]
    [InlineData("a,b\n1,2\n3,NA\n", "t.csv:3:3: the missing value 'NA' in column 'b'; expected a number; fill it in, or leave out the rows that lack a value with --missing drop")]
    public void A_cell_that_is_no_number_is_refused_at_its_place(string text, string message) => Assert.Equal(message, FaultOfNumbers(text, ["b"]));

    [Fact]
    public void A_word_is_refused_even_where_missing_values_are_dropped() =>
        Assert.StartsWith("t.csv:3:3: 'x'", FaultOfNumbers("a,b\n1,2\n?,x\n", ["a", "b"], MissingPolicy.Drop), StringComparison.Ordinal);

    [Fact]
    public void A_table_without_a_complete_row_is_refused() =>
        Assert.Equal("t.csv:2:1: every row lacks a value; expected a complete row in 'a', 'b'; choose other columns", FaultOfNumbers("a,b\n1,?\n,2\n", ["a", "b"], MissingPolicy.Drop));

    [Fact]
    public void An_unknown_column_is_answered_with_the_nearest_one()
    {
        Assert.Equal("t.csv:1:1: no column 'Sped'; expected one of 'speed', 'dist'; did you mean 'speed'?", FaultOfNumbers("speed,dist\n1,2\n", ["dist", "Sped"]));
        Assert.Equal("t.csv:1:1: no column 'price'; expected one of 'x', 'y'; choose one of them", FaultOfNumbers("x,y\n1,2\n", ["price"]));
    }

    [Fact]
    public void A_long_list_of_columns_is_cut()
    {
        var columns = string.Join(',', Enumerable.Range(0, 40).Select(i => $"c{i}"));
        Assert.Contains("'c10', 'c11' and 28 more;", FaultOfNumbers($"{columns}\n{columns}\n", ["salary"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_can_refuse_a_cell_in_the_same_words() => Assert.Equal(
        "t.csv:3:3: '2' in column 'y'; expected 0 or 1; write 1 for yes",
        Table.FromText("x,y\n1,0\n3,2\n", "t.csv").Match(table => table.Unfit(1, "y", "0 or 1", "write 1 for yes").Message, error => error.Message));

    [Theory]
    [InlineData("18.0 8 307.0 ? 3504. 12.0 70 1\t\"a b\"\n17 8 302 140 3449 10.5 70 1\n", "t.csv:2:28: a row of 8 cells; expected 9: mpg, cylinders, displacement, horsepower, weight, acceleration, year, origin, name; put the name in quotes, and ? where a value is unknown")]
    [InlineData("18.0 8 307.0 130 3504. 12.0 70 1\t\"a b\"\n17 8 302 140 3449 10.5 70 1 \"c d\n", "t.csv:2:29: a quote that is never closed; expected a closing quote; close it")]
    [InlineData("18.0 8 307.0 130 3504. 12.0 70 1\t\"a b\"\n17 8 302 140 3449 10.5 70 1 \"\n", "t.csv:2:29: a quote that is never closed; expected a closing quote; close it")]
    public void The_format_of_auto_mpg_is_held_to(string text, string message) => Assert.Equal(message, FaultOf(text));

    [Fact]
    public void A_value_missing_from_auto_mpg_is_shown_at_its_place() => Assert.Equal(
        "t.csv:2:10: the missing value '?' in column 'horsepower'; expected a number; fill it in, or leave out the rows that lack a value with --missing drop",
        FaultOfNumbers("18.0 8 307.0 130 3504. 12.0 70 1\t\"a b\"\r\n17 8 302 ? 3449 10.5 70 1 \"c d\"\r\n", ["mpg", "horsepower"]));

    [Fact]
    public void A_path_that_is_no_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"{folder["no\nsuch.csv"].Replace('\n', '␊')}:1:1: no such file; expected a file that holds a table; check the path, seen from {Directory.GetCurrentDirectory()}", Fault(Table.Read(folder["no\nsuch.csv"])));
        Assert.Equal($"{folder.Path}:1:1: this is a folder; expected a file that holds a table; give the path of a file in it", Fault(Table.Read(folder.Path)));
    }

    [Fact]
    public void A_binary_file_is_refused_at_its_first_strange_byte()
    {
        using var folder = new TemporaryFolder();
        var zero = folder.Write("zero.csv", "a,b\n1,\0\n"u8.ToArray());
        Assert.Equal($"{zero}:2:3: a zero byte, so the file is binary; expected a table as UTF-8 text; export it as CSV in UTF-8", Fault(Table.Read(zero)));
        var latin = folder.Write("latin.csv", [.. "a,b\nž,"u8, 0xE9, .. "t\n"u8]);
        Assert.Equal($"{latin}:2:3: bytes that are not UTF-8; expected a table as UTF-8 text; export it as CSV in UTF-8", Fault(Table.Read(latin)));
        var cut = folder.Write("cut.csv", [.. "a,b\n1,"u8, 0xC5]);
        Assert.StartsWith($"{cut}:2:3: bytes that are not UTF-8;", Fault(Table.Read(cut)), StringComparison.Ordinal);
        var utf16 = folder.Write("utf16.csv", Encoding.Unicode.GetBytes("a,b\n1,2\n"));
        Assert.StartsWith($"{utf16}:1:2: a zero byte", Fault(Table.Read(utf16)), StringComparison.Ordinal);
    }
}
