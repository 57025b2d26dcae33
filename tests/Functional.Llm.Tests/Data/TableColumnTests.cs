using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Cells as labels, and which columns to learn from.</summary>
public sealed class TableColumnTests
{
    static Table Read(string text) => Table.FromText(text, "t.csv").OrFail();

    static string Failure<R>(Either<Error, R> either) => either.Match(_ => throw new InvalidOperationException("no error"), error => error.Message);

    [Fact]
    public void Labels_come_row_by_row_without_quotes() =>
        Assert.Equal(["x", "y, z", "7"], Read("a,b\n1, x\n2,\"y, z\"\n3,7\n").Numbers(["a"], labels: "b").OrFail().Labels("b").AsEnumerable());

    [Fact]
    public void A_missing_label_is_an_error_at_its_place_or_drops_its_row()
    {
        var table = Read("a,b\n1,x\n2,?\n3,\n");
        Assert.Equal(
            "t.csv:3:3: the missing value '?' in column 'b'; expected a label; fill it in, or leave out the rows that lack a value with --missing drop",
            Failure(table.Numbers(["a"], labels: "b")));
        var numbers = table.Numbers(["a"], MissingPolicy.Drop, "b").OrFail();
        Assert.Equal((1, 2, 1.0, "x"), (numbers.Rows, numbers.Dropped, numbers.Values.Single(), numbers.Labels("b").Single()));
        Assert.Equal(3, table.Numbers(["a"], MissingPolicy.Drop, [null]).OrFail().Rows);
    }

    [Fact]
    public void An_unknown_column_of_labels_is_told_with_its_nearest()
    {
        var table = Read("species,b\n1,x\n");
        Assert.Equal("t.csv:1:1: no column 'specis'; expected one of 'species', 'b'; did you mean 'species'?", Failure(table.Numbers(["species"], labels: "specis")));
        Assert.Equal("no column 'specis'; expected one of 'species', 'b'", Assert.Throws<FunctionalLlmException>(() => table.Numbers(["species"]).OrFail().Labels("specis")).Message);
    }

    [Theory]
    [InlineData("n,y\n1,5\n2,6\n3,7\n", "y")]
    [InlineData("n,y\n0,5\n1,6\n", "y")]
    [InlineData("n,y\n2,5\n3,6\n", "n,y")]
    [InlineData("n,y\n1,5\n3,6\n", "n,y")]
    [InlineData("n,y\n1,5\n2,6\n2,7\n", "n,y")]
    [InlineData("n,y\n1,5\n", "n,y")]
    [InlineData("y,n\n5,1\n6,2\n", "y,n")]
    public void A_first_column_that_counts_the_rows_measures_nothing(string text, string measured) =>
        Assert.Equal(measured.Split(','), Read(text).MeasuredColumns().ToArray());

    [Fact]
    public void A_word_among_numbers_leaves_its_column_measured_and_a_number_among_words_does_not_make_one() =>
        Assert.Equal(["a", "d"], Read("a,b,c,d\n5,x,u,1\noops,y,7,2\n6,7,v,\n").MeasuredColumns().ToArray());

    [Fact]
    public void What_is_missing_does_not_decide_and_nothing_at_all_measures_nothing() =>
        Assert.Equal(["a", "b"], Read("a,b,c\n5,?,\n6,NA,\n9,1,\n").MeasuredColumns().ToArray());

    [Theory]
    [InlineData("a,b,c\n5,6,7\n8,9,1\n", "", null, "a,b>c")]
    [InlineData("a,y,c\n5,6,7\n8,9,1\n", "", null, "a,c>y")]
    [InlineData("a,b,c\n5,6,7\n8,9,1\n", "", "a", "b,c>a")]
    [InlineData("a,b,c\n5,6,7\n8,9,1\n", "c", null, "c>b")]
    [InlineData("a,b,c\n5,6,7\n8,9,1\n", "c,a", "b", "c,a>b")]
    [InlineData("a,b,c\n5,6,w\n8,9,v\n", "", "c", "a,b>c")]
    [InlineData("n,b,c\n1,6,7\n2,9,1\n", "", null, "b>c")]
    [InlineData("n,b\n1,6\n2,9\n", "", null, "n>b")]
    public void The_parts_of_columns_are_found_where_nobody_gives_them(string text, string features, string? target, string roles)
    {
        var (found, chosen) = Read(text).Roles(features.Length == 0 ? [] : [.. features.Split(',')], target).OrFail();
        Assert.Equal(roles, $"{string.Join(',', found)}>{chosen}");
    }

    [Fact]
    public void A_usual_name_of_the_target_and_a_column_with_another_part_are_heeded()
    {
        var table = Read("mpg,by,c\n5,6,7\n8,9,1\n");
        Assert.Equal("mpg", table.Roles([], null, usual: "mpg").OrFail().Target);
        var (features, target) = table.Roles([], null, except: "by").OrFail();
        Assert.Equal(("mpg", "c"), (features.Single(), target));
    }

    [Theory]
    [InlineData("x\n5\n6\n", null, "t.csv:1:1: no column of numbers beside 'x'; expected one to predict and one to predict it from; check that this is the file you mean")]
    [InlineData("a,k\nu,x\nv,y\n", "k", "t.csv:1:1: no column of numbers beside 'k'; expected one to predict and one to predict it from; check that this is the file you mean")]
    public void A_table_without_two_parts_is_refused(string text, string? target, string message) => Assert.Equal(message, Failure(Read(text).Roles([], target)));
}
