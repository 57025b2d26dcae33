using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>How the values of options of one type are named, described and read.</summary>
/// <param name="Value">What <c>--help</c> calls a value, such as N; empty for a flag, which has none.</param>
/// <param name="Noun">What an error calls it, such as "whole number".</param>
/// <param name="Expected">What it has to be where the option has no narrower limit; empty where anything will do.</param>
/// <param name="Read">Its value from text, with the two exceptions of .NET's own <c>Parse</c>: of the wrong form, or too large.</param>
internal sealed record OptionKind(string Value, string Noun, string Expected, Func<string, object> Read)
{
    const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    static readonly ImmutableDictionary<Type, OptionKind> Known = new Dictionary<Type, OptionKind>
    {
        [typeof(bool)] = new("", "flag", "", _ => true),
        [typeof(string)] = new("TEXT", "text", "", text => text),
        [typeof(double)] = new("X", "number", "a number", text => Finite(double.Parse(text, NumberStyles.Float, Culture))),
        [typeof(int)] = new("N", "whole number", "a whole number", text => int.Parse(text, Whole, Culture)),
        [typeof(long)] = new("N", "whole number", "a whole number", text => long.Parse(text, Whole, Culture)),
        [typeof(ulong)] = new("N", "whole number", "a whole number of at least 0", text => ulong.Parse(text, Whole, Culture)),
        [typeof(ImmutableArray<string>)] = new("LIST", "list", "names separated by commas", text => Items(text)),
        [typeof(ImmutableArray<int>)] = new("LIST", "list of whole numbers", "whole numbers separated by commas", text => Numbers(text)),
    }.ToImmutableDictionary();

    /// <summary>One of the texts of an option that is given once for each.</summary>
    public static OptionKind Item { get; } = new("TEXT", "text", "a character or more", text => text.Length > 0 ? text : throw new FormatException());

    /// <summary>The kind of an option's type.</summary>
    /// <exception cref="NotSupportedException">Options of this type cannot be read.</exception>
    public static OptionKind Of(Type type) =>
        type.IsEnum ? Choice(type)
        : Known.TryGetValue(type, out var kind) ? kind
        : throw new NotSupportedException($"an option cannot be of type {type}; see {nameof(ScriptOptions)} for the types that can");

    static OptionKind Choice(Type type)
    {
        string[] names = [.. Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
        return new(string.Join('|', names), "choice", string.Join(" or ", names), Read);

        object Read(string text) =>
            Array.IndexOf(names, text) is >= 0 and var i ? Enum.Parse(type, Enum.GetNames(type)[i]) : throw new FormatException();
    }

    static double Finite(double value) => double.IsFinite(value) ? value : throw new OverflowException();

    static ImmutableArray<int> Numbers(string text) => [.. Items(text).Select(item => int.Parse(item, Whole, Culture))];

    static ImmutableArray<string> Items(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(item => item.Length > 0 ? item : throw new FormatException())];
}
