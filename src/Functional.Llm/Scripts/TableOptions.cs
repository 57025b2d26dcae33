using System.Collections.Immutable;

namespace Functional.Llm;

/// <summary>The options of a script that reads a table.</summary>
public abstract record TableOptions : ScriptOptions
{
    /// <summary>The file of the table; null for the one that the script brings along.</summary>
    [Help("a table with a header line; the script's own, if any, when left out", "FILE")]
    public string? Data { get; init; }

    /// <summary>What to do with a row that lacks a value.</summary>
    [Help("a row that lacks a value: refuse the table, or drop the row")]
    public MissingPolicy Missing { get; init; }

    /// <summary>The table in the file that <c>--data</c> names, or else in this one, such as <c>Script.Beside("data/sat.csv")</c>.</summary>
    /// <exception cref="FunctionalLlmException">There is no such file, or it is no table.</exception>
    public Table Read(string own) => Functional.Llm.Table.Read(Data ?? own).OrFail();

    /// <summary>Numbers from a table, without the rows that lack one, if <c>--missing drop</c> allows it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns of the numbers.</param>
    /// <param name="labels">Further columns, of any text, that a row must have a value in; null for none.</param>
    /// <exception cref="FunctionalLlmException">The first cell that is no number, or too large a one for single precision, at its place; or there is no such column, or no complete row.</exception>
    public NumberTable Numbers(Table table, ImmutableArray<string> columns, params IEnumerable<string?> labels)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Numbers(columns, Missing, labels).Bind(numbers => numbers.WhereSingle()).OrFail();
    }

    /// <summary>The column to predict, and those to predict it from: as <c>--features</c> and <c>--target</c> say, or else chosen by <see cref="Table.Roles"/>.</summary>
    /// <exception cref="UsageException">The target is among the features, or a column is named twice.</exception>
    /// <exception cref="FunctionalLlmException">No column is left for one of the two parts.</exception>
    public static (ImmutableArray<string> Features, string Target) Roles(Table table, ImmutableArray<string> features, string? target, string usual = "y")
    {
        ArgumentNullException.ThrowIfNull(table);
        var asked = features.IsDefault ? [] : features;
        return target is not null && asked.Contains(target)
                ? throw new UsageException($"--features: {Spelling.Quoted(target)} is the target; expected other columns to predict it from")
            : asked.Distinct().Count() < asked.Length
                ? throw new UsageException($"--features: a column is named twice; expected each of {string.Join(',', asked)} once")
            : table.Roles(asked, target, usual).OrFail();
    }

    /// <summary>The numbers in some columns of the table that <c>--data</c> names, or else of this one.</summary>
    /// <param name="own">The script's own table.</param>
    /// <param name="columns">The columns; all that measure something when there are none.</param>
    /// <exception cref="FunctionalLlmException">What is wrong with the table, at its place.</exception>
    public NumberTable Read(string own, ImmutableArray<string> columns)
    {
        var table = Read(own);
        return Numbers(table, columns.IsDefaultOrEmpty ? table.MeasuredColumns() : columns);
    }

    /// <summary>The columns to predict from, and after them the one to predict, of the table that <c>--data</c> names, or else of this one.</summary>
    /// <param name="own">The script's own table.</param>
    /// <param name="features">What <c>--features</c> says.</param>
    /// <param name="target">What <c>--target</c> says.</param>
    /// <param name="usual">The usual name of the target.</param>
    /// <exception cref="UsageException">The target is among the features, or a column is named twice.</exception>
    /// <exception cref="FunctionalLlmException">What is wrong with the table, at its place.</exception>
    public NumberTable Read(string own, ImmutableArray<string> features, string? target, string usual = "y")
    {
        var table = Read(own);
        var (inputs, chosen) = Roles(table, features, target, usual);
        return Numbers(table, [.. inputs, chosen]);
    }

    /// <summary>The column x to predict from and the column y to predict: as asked for, or so called, or else the first and the last that measure something.</summary>
    /// <param name="table">The table.</param>
    /// <param name="feature">What <c>--feature</c> says.</param>
    /// <param name="target">What <c>--target</c> says.</param>
    /// <param name="except">A column that has another part to play, if there is one.</param>
    /// <exception cref="UsageException">Both are the same.</exception>
    /// <exception cref="FunctionalLlmException">No column is left for one of the two parts.</exception>
    public static (string Feature, string Target) Pair(Table table, string? feature, string? target, string? except = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (feature is not null && feature == target)
            throw new UsageException($"--feature and --target are both {Spelling.Quoted(feature)}; expected two columns");
        var (features, chosen) = table.Roles(feature is null ? [] : [feature], target, except: except).OrFail();
        return (features.Contains("x") ? "x" : features[0], chosen);
    }

    /// <summary>Says how many rows were dropped, where some were; nothing where no table was read.</summary>
    public void PrintDropped(NumberTable? numbers)
    {
        if (numbers is { Dropped: > 0 })
            Print($"Left out, because a value is missing: {numbers.Dropped:N0} of {numbers.Source.Rows:N0} rows.");
    }
}
