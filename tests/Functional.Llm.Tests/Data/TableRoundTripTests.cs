using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A law: whatever cells are written, quoted or not, padded or not, the same cells are read, each at its place.</summary>
public sealed class TableRoundTripTests
{
    [Fact]
    public void Random_tables_are_read_as_they_were_written()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (columns, rows) = (random.Next(1, 6), random.Next(1, 8));
            var separator = columns == 1 ? ',' : ",;\t"[random.Next(3)];
            var lineEnd = new[] { "\n", "\r\n", "\r" }[random.Next(3)];
            var text = new StringBuilder(random.Next(2) == 0 ? "\uFEFF" : "");
            text.AppendJoin(separator, Enumerable.Range(0, columns).Select(i => $"column{i}")).Append(lineEnd);
            var cells = new List<(string Text, string Place)>();
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var cell = Cell(random);
                    cells.Add((cell, Place(text.ToString())));
                    text.Append(Written(cell, separator, random)).Append(column + 1 < columns ? separator : lineEnd);
                }
            }
            var table = Table.FromText(text.ToString(), "t.csv").Match(t => t, error => throw new InvalidOperationException($"seed {seed}: {error.Message}"));
            Assert.Equal((seed, columns, rows), (seed, table.Columns.Length, table.Rows));
            for (var i = 0; i < cells.Count; i++)
            {
                Assert.Equal((seed, cells[i].Text), (seed, table[i / columns, i % columns]));
                Assert.StartsWith($"t.csv:{cells[i].Place}: ", table.Unfit(i / columns, $"column{i % columns}", "", "").Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Never quite empty: a line of one empty cell is an empty line, which is skipped.</summary>
    static string Cell(Random random) => "x" + string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    static readonly string[] Pieces = ["a", "1", ",", ";", "\t", "\"", "\n", "\r\n", " ", "ž", "🐎"];

    static string Written(string cell, char separator, Random random)
    {
        var bare = cell.IndexOfAny(['"', '\n', '\r', separator]) < 0 && cell.Trim() == cell && random.Next(2) == 0;
        var padding = new string(' ', random.Next(3));
        return padding + (bare ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"") + padding;
    }

    static string Place(string before)
    {
        var lines = before.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        return $"{lines.Length}:{lines[^1].Length + 1}";
    }
}
