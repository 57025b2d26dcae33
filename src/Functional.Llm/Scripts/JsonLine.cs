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
[RequiresUnreferencedCode("The properties of a result are found by reflection.")]
internal static class JsonLine
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as JSON: a null, string, bool, number, enum, dictionary, sequence, or else an object of its properties.</summary>
    public static string Of(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Write(Utf8JsonWriter writer, object? value)
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
                WriteObject(writer, dictionary.Keys.Cast<object>().Select(key => (key.ToString()!, dictionary[key])));
                break;
            case IEnumerable elements:
                writer.WriteStartArray();
                foreach (var element in elements)
                    Write(writer, element);
                writer.WriteEndArray();
                break;
            default:
                WriteObject(writer, value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Select(property => (JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property.GetValue(value))));
                break;
        }
    }

    static void WriteObject(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)> properties)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in properties)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
        writer.WriteEndObject();
    }
}
