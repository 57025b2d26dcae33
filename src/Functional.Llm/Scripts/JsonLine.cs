using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>A result as one line of JSON: keys in snake_case, numbers that read back as the same bits, null where not finite.</summary>
/// <remarks>Written by hand rather than by the serializer, whose first use would cost a short script a good part of its time.</remarks>
internal static class JsonLine
{
    /// <summary>The named values of what is no kind of value that JSON knows.</summary>
    delegate IEnumerable<(string Name, object? Value)> Describe(object value);

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as JSON: a null, string, bool, number, enum, dictionary, sequence, or else an object of its properties.</summary>
    [RequiresUnreferencedCode("The properties of a result are found by reflection.")]
    public static string Of(object? value) => Of(value, Properties);

    /// <summary>The value as JSON where no reflection may be needed: what is neither a value nor a dictionary nor a sequence is a defect.</summary>
    public static string Plainly(object? value) => Of(value, other => throw new NotSupportedException($"a result cannot hold a {other.GetType()}; give a dictionary"));

    static string Of(object? value, Describe describe)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, value, describe);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Write(Utf8JsonWriter writer, object? value, Describe describe)
    {
        switch (value)
        {
            case null:
            case double.NaN or double.PositiveInfinity or double.NegativeInfinity:
            case float.NaN or float.PositiveInfinity or float.NegativeInfinity:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case float number:
                writer.WriteNumberValue(number);
                break;
            case int or long or uint:
                writer.WriteNumberValue(Convert.ToInt64(value));
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case Enum choice:
                writer.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString()));
                break;
            case IDictionary dictionary:
                WriteObject(writer, dictionary.Keys.Cast<object>().Select(key => (key.ToString()!, dictionary[key])), describe);
                break;
            case IEnumerable elements:
                writer.WriteStartArray();
                foreach (var element in elements)
                    Write(writer, element, describe);
                writer.WriteEndArray();
                break;
            default:
                WriteObject(writer, describe(value), describe);
                break;
        }
    }

    [RequiresUnreferencedCode("The properties of a result are found by reflection.")]
    static IEnumerable<(string Name, object? Value)> Properties(object value) => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(property => (JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property.GetValue(value)));

    static void WriteObject(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)> properties, Describe describe)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in properties)
        {
            writer.WritePropertyName(name);
            Write(writer, value, describe);
        }
        writer.WriteEndObject();
    }
}
