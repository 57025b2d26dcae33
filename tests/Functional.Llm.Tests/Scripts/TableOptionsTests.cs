using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A script's table: its own or the user's, read in one way.</summary>
public sealed class TableOptionsTests : IDisposable
{
    public sealed record Options : TableOptions;

    readonly TemporaryFolder folder = new();

    [Fact]
    public void The_own_table_is_read_where_no_data_is_given()
    {
        var (own, other) = (folder.Write("own.csv", "a,b\n5,6\n"), folder.Write("other.csv", "c\n9\n"));
        Assert.Equal(["a", "b"], new Options().Read(own).Columns.AsEnumerable());
        Assert.Equal(["c"], new Options { Data = other }.Read(own).Columns.AsEnumerable());
    }

    [Fact]
    public void Numbers_are_read_as_asked_or_from_all_columns_that_measure_something()
    {
        var own = folder.Write("own.csv", "a,b,k\n5,6,x\n8,?,y\n");
        Assert.Equal([5, 8], new Options().Read(own, ["a"]).Values.AsEnumerable());
        Assert.Equal([5, 6], new Options { Missing = MissingPolicy.Drop }.Read(own, []).Values.AsEnumerable());
        Assert.Equal([6, 5], new Options { Missing = MissingPolicy.Drop }.Read(own, ["b"], null).Values.AsEnumerable());
        Assert.Contains("own.csv:3:3: the missing value", Assert.Throws<FunctionalLlmException>(() => new Options().Read(own, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_rows_are_told()
    {
        var run = ScriptRun.Of<Options>(["--missing", "drop"], Tell);
        Assert.Equal("Left out, because a value is missing: 1 of 2 rows.\n", run.Out);
    }

    object? Tell(Options o)
    {
        o.PrintDropped(null);
        o.PrintDropped(o.Read(folder.Write("own.csv", "a,b\n5,6\n8,?\n"), ["a"]));
        o.PrintDropped(o.Read(folder.Write("own.csv", "a,b\n5,6\n8,?\n"), ["b"]));
        return null;
    }

    [Fact]
    public void A_pair_is_as_asked_or_x_and_y_or_the_first_and_the_last()
    {
        var table = Table.FromText("a,x,b,y,c\n5,6,7,8,9\n1,5,3,8,2\n", "t.csv").OrFail();
        Assert.Equal(("x", "y"), TableOptions.Pair(table, null, null));
        Assert.Equal(("b", "y"), TableOptions.Pair(table, "b", null));
        Assert.Equal(("x", "a"), TableOptions.Pair(table, null, "a"));
        Assert.Equal(("a", "c"), TableOptions.Pair(Table.FromText("a,b,c\n5,6,7\n1,5,3\n", "t.csv").OrFail(), null, null));
        Assert.Equal(("a", "b"), TableOptions.Pair(Table.FromText("a,b,c\n5,6,7\n1,5,3\n", "t.csv").OrFail(), null, null, except: "c"));
        Assert.Throws<UsageException>(() => TableOptions.Pair(table, "a", "a"));
    }

    [Fact]
    public void Features_that_name_the_target_or_a_column_twice_are_wrong_usage()
    {
        var table = Table.FromText("a,b\n5,6\n1,5\n", "t.csv").OrFail();
        Assert.Equal("--features: 'b' is the target; expected other columns to predict it from", Assert.Throws<UsageException>(() => TableOptions.Roles(table, ["a", "b"], "b")).Message);
        Assert.Equal("--features: a column is named twice; expected each of a,a once", Assert.Throws<UsageException>(() => TableOptions.Roles(table, ["a", "a"], "b")).Message);
        Assert.Equal("b", TableOptions.Roles(table, default, null).Target);
    }

    [Fact]
    public void What_lies_beside_a_script_is_found_from_where_the_script_lies()
    {
        Assert.Equal(Path.Combine(ScriptFolder.Repository, "scripts/data/a.csv"), Script.Beside("data/a.csv", Path.Combine(ScriptFolder.Repository, "scripts/some.csx")));
        Assert.EndsWith("Scripts/TableOptionsTests.cs", Script.Beside("TableOptionsTests.cs").Replace('\\', '/'), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();
}
