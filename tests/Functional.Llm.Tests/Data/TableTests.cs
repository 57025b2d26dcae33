using System.Text;
using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What a table reads from well-formed text.</summary>
public sealed class TableTests
{
    static Table Read(string text) => Right(Table.FromText(text, "t.csv"));

    static R Right<R>(Either<Error, R> either) => either.Match(r => r, error => throw new InvalidOperationException(error.Message));

    static string[][] Cells(Table table) =>
        [.. Enumerable.Range(0, table.Rows).Select(row => Enumerable.Range(0, table.Columns.Length).Select(column => table[row, column]).ToArray())];

    [Theory]
    [InlineData("a,b\n1,x\n2,y\n")]
    [InlineData("a,b\n1,x\n2,y")]
    [InlineData("a,b\r\n1,x\r\n2,y\r\n")]
    [InlineData("a,b\r1,x\r2,y")]
    [InlineData("\uFEFFa,b\n1,x\n2,y\n")]
    [InlineData("a;b\n1;x\n2;y\n")]
    [InlineData("a\tb\n1\tx\n2\ty\n")]
    [InlineData("\n a , b \n\n1, x\n  2,y  \n\n\n")]
    [InlineData("\"a\",\"b\"\n\"1\",\"x\"\n \"2\" , \"y\" \n")]
    public void One_table_however_it_is_written(string text)
    {
        var table = Read(text);
        Assert.Equal(["a", "b"], table.Columns.ToArray());
        Assert.Equal([["1", "x"], ["2", "y"]], Cells(table));
        Assert.Equal([1.0, 2.0], Right(table.Numbers(["a"])).Values.ToArray());
    }

    [Fact]
    public void Quoted_cells_keep_separators_quotes_line_breaks_and_inner_space() =>
        Assert.Equal([["1,2", "say \"hi\"", "two\nlines"], [" x ", "", "\""]], Cells(Read("a,b,c\n\"1,2\",\"say \"\"hi\"\"\",\"two\nlines\"\n\" x \",\"\",\"\"\"\"\n")));

    [Fact]
    public void A_separator_in_a_quoted_name_does_not_decide() =>
        Assert.Equal([["1", "2"]], Cells(Read("\"height, mm, above sea\";depth\n1;2\n")));

    [Fact]
    public void Letters_of_all_scripts_are_read() =>
        Assert.Equal([["žluť 🐎", "1"]], Cells(Read("jméno,β\nžluť 🐎,1\n")));

    [Fact]
    public void Numbers_come_row_after_row_in_the_order_of_asking()
    {
        var numbers = Right(Read("a,b,c\n1,x,-2.5e3\n.5,y,+4.\n").Numbers(["c", "a"]));
        Assert.Equal(["c", "a"], numbers.Columns.ToArray());
        Assert.Equal([-2500, 1, 4, 0.5], numbers.Values.ToArray());
        Assert.Equal([-2500, 4], numbers.Column("c").ToArray());
        Assert.Equal(0.5, numbers[1, 1]);
        Assert.Equal((2, 0), (numbers.Rows, numbers.Dropped));
    }

    [Fact]
    public void A_column_that_was_not_asked_for_is_not_among_the_numbers() =>
        Assert.Contains("'b'", Assert.Throws<FunctionalLlmException>(() => Right(Read("a,b\n1,2\n").Numbers(["a"])).Column("b")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("NA")]
    [InlineData("na")]
    [InlineData("NaN")]
    [InlineData("NULL")]
    [InlineData("\"\"")]
    [InlineData("\"NA\"")]
    [InlineData("\" NA \"")]
    public void Rows_that_lack_a_value_are_dropped_and_counted(string missing)
    {
        var numbers = Right(Read($"a,b\n1,2\n3,{missing}\n{missing},6\n7,8\n").Numbers(["a", "b"], MissingPolicy.Drop));
        Assert.Equal([1, 2, 7, 8], numbers.Values.ToArray());
        Assert.Equal([0, 3], numbers.SourceRows.ToArray());
        Assert.Equal(2, numbers.Dropped);
    }

    [Fact]
    public void A_value_missing_from_another_column_does_not_count() =>
        Assert.Equal(0, Right(Read("a,b\n1,?\n").Numbers(["a"], MissingPolicy.Drop)).Dropped);

    [DataFact("tabular/auto-mpg.data")]
    public void Auto_mpg_is_read_from_its_own_format()
    {
        var table = Right(Table.Read(Data.Path("tabular/auto-mpg.data")));
        Assert.Equal(398, table.Rows);
        Assert.Equal(["mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin"], table.MeasuredColumns().ToArray());
        Assert.Equal(["18.0", "8", "307.0", "130.0", "3504.", "12.0", "70", "1", "chevrolet chevelle malibu"], Cells(table)[0]);
        Assert.Equal("?", table[32, 3]);
        var numbers = Right(table.Numbers(table.MeasuredColumns(), MissingPolicy.Drop));
        Assert.Equal((392, 6), (numbers.Rows, numbers.Dropped));
        Assert.Equal(3504, numbers[0, 4]);
    }

    [DataFact("tabular/california-housing.csv")]
    public void California_housing_lacks_207_values_in_one_column()
    {
        var table = Right(Table.Read(Data.Path("tabular/california-housing.csv")));
        Assert.Equal((20_640, 10), (table.Rows, table.Columns.Length));
        Assert.Equal(table.Columns[..9].ToArray(), table.MeasuredColumns().ToArray());
        Assert.Equal(207, Right(table.Numbers(["total_bedrooms"], MissingPolicy.Drop)).Dropped);
    }

    [DataFact("tabular/cars.csv", "tabular/anscombe.csv", "tabular/penguins.csv", "tabular/iris.csv")]
    public void The_small_tables_are_read()
    {
        Assert.Equal(50, Right(Table.Read(Data.Path("tabular/cars.csv"))).Rows);
        Assert.Equal(["x", "y"], Right(Table.Read(Data.Path("tabular/anscombe.csv"))).MeasuredColumns().ToArray());
        Assert.Equal(344, Right(Table.Read(Data.Path("tabular/penguins.csv"))).Rows);
        Assert.Equal("setosa", Right(Table.Read(Data.Path("tabular/iris.csv")))[0, 5]);
    }

    [Fact]
    public void Text_longer_than_a_block_is_read_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < 200_000; i++)
            text.Append(i).Append(",žluťoučký\n");
        var table = Right(Table.Read(folder.Write("long.csv", text.ToString())));
        Assert.Equal(200_000, table.Rows);
        Assert.Equal(("199999", "žluťoučký"), (table[199_999, 0], table[199_999, 1]));
    }
}
