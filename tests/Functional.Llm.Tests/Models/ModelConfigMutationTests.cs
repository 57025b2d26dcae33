using System.Text;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>Whatever becomes of a configuration, its model is read, or refused in one line, and costs no more memory than the files.</summary>
public sealed class ModelConfigMutationTests
{
    const int Mebibyte = 1 << 20;

    static readonly string[] Splinters =
    [
        "0", "-1", "1", "2", "3", "8", "11", "0.5", "1e999", "268435456", "2147483647", "9223372036854775807", "null", "true", "false", "{}", "[]", "\"\"", "\"llama\"", "\"mistral\"",
        "\"\\ud800\"", "\"\\u0000\"", "{\"rope_type\": \"llama3\", \"factor\": 2, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 4}", "{\"\\ud800\": 1}",
    ];

    [Fact]
    public void Three_thousand_mutations_are_read_or_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        var (gpt2, llama) = (new Gpt2(11, 9, 8, 2, 2), new Llama(11, 9, 8, 2, 1, 2, 6, Window: 3, Scaling: new(8, 1, 4, 4)));
        ModelFile.Write(folder["gpt2"], new Pretrained<Gpt2Parameters>(gpt2, gpt2.Start(new Key(1))));
        ModelFile.Write(folder["llama"], new Pretrained<LlamaParameters>(llama, llama.Start(new Key(1))));
        var random = new Random(3);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var model = folder[i % 2 == 0 ? "gpt2" : "llama"];
            var config = Path.Combine(model, "config.json");
            var original = File.ReadAllBytes(config);
            File.WriteAllBytes(config, Mutate([.. original], random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.InRange(ModelFile.Read(model).Count, 1, 2000);
                read++;
            }
            catch (StorageException e)
            {
                Assert.StartsWith(model, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * Mebibyte);
            File.WriteAllBytes(config, original);
        }

        Assert.True(read > 300 && refused > 1000, $"{read} were read and {refused} refused.");
    }

    /// <summary>Another value for a line's, a line less, or bytes that changed.</summary>
    static byte[] Mutate(byte[] file, Random random)
    {
        var lines = Encoding.UTF8.GetString(file).Split('\n');
        var place = random.Next(1, lines.Length - 1);
        switch (random.Next(4))
        {
            case 0:
                return Encoding.UTF8.GetBytes(string.Join('\n', [.. lines[..place], .. lines[(place + 1)..]]));
            case 1:
                for (var i = random.Next(1, 4); i > 0; i--)
                    file[random.Next(file.Length)] = (byte)random.Next(256);
                return file;
            default:
                var (name, end) = (lines[place].Split(':')[0], lines[place].EndsWith(',') ? "," : "");
                lines[place] = $"{name}: {Splinters[random.Next(Splinters.Length)]}{end}";
                return Encoding.UTF8.GetBytes(string.Join('\n', lines));
        }
    }
}
