using System.Globalization;
using Spectre.Console;

namespace Functional.Llm;

/// <summary>Tables and colours, for people.</summary>
public static class RichOutput
{
    /// <summary>A script's output with tables and colours.</summary>
    /// <param name="options">Where to write.</param>
    extension(ScriptOptions options)
    {
        /// <summary>Standard output as a rich console; with <c>--json</c> standard error.</summary>
        public IAnsiConsole Console => options.Terminal.Rich(options.Json);

        /// <summary>Writes a table to where <see cref="ScriptOptions.Print"/> writes: a line a row, a column of numbers set right.</summary>
        /// <param name="rows">What the rows are about.</param>
        /// <param name="columns">The name of each column, and its cell in a row.</param>
        public void Table<Row>(IEnumerable<Row> rows, params (string Name, Func<Row, string> Cell)[] columns)
        {
            var cells = rows.Select(row => columns.Select(column => column.Cell(row)).ToArray()).ToArray();
            var table = new Spectre.Console.Table { Border = TableBorder.Rounded };
            for (var i = 0; i < columns.Length; i++)
            {
                var alignment = cells.All(row => IsNumberOrNothing(row[i])) ? Justify.Right : Justify.Left;
                table.AddColumn(new TableColumn(new Text(columns[i].Name)) { Alignment = alignment, NoWrap = true });
            }
            foreach (var row in cells)
                table.AddRow(row.Select(cell => new Text(Spelling.OneLine(cell))));
            options.Console.Write(table);
        }
    }

    static bool IsNumberOrNothing(string cell) =>
        cell.Length == 0 || double.TryParse(cell.TrimEnd('%'), NumberStyles.Number | NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
