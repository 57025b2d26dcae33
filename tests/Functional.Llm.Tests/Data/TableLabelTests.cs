using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Cells as labels, and the column that counts the rows.</summary>
public sealed class TableLabelTests
{
    static Table Read(string text) => Table.FromText(text, "t.csv").OrFail();

    static string Failure<R>(Either<Error, R> either) => either.Match(_ => throw new InvalidOperationException("no error"), error => error.Message);

    [Fact]
    public void Labels_come_row_by_row_without_quotes() =>
        Assert.Equal((string?[])["x", "y, z", "7"], Read("a,b\n1, x\n2,\"y, z\"\n3,7\n").Labels("b").OrFail().ToArray());

    [Fact]
    public void A_missing_label_is_an_error_at_its_place_or_null_when_rows_may_be_dropped()
    {
        var table = Read("a,b\n1,x\n2,?\n3,\n");
        Assert.Equal(
            "t.csv:3:3: the missing value '?' in column 'b'; expected a label; fill it in, or leave out the rows that lack a value with --missing drop",
            Failure(table.Labels("b")));
        Assert.Equal((string?[])["x", null, null], table.Labels("b", MissingPolicy.Drop).OrFail().ToArray());
    }

    [Fact]
    public void An_unknown_column_is_told_with_its_nearest() =>
        Assert.Equal("t.csv:1:1: no column 'specis'; expected one of 'species', 'b'; did you mean 'species'?", Failure(Read("species,b\n1,x\n").Labels("specis")));

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
}
