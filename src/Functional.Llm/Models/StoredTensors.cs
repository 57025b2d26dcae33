namespace Functional.Llm;

/// <summary>A model's tensors where they are stored, under Hugging Face's names: each is checked for its shape, and read straight to where it stays.</summary>
abstract class StoredTensors
{
    /// <summary>So many rows of a matrix are in memory while it is transposed.</summary>
    const int Rows = 16;

    /// <summary>How matrices are compressed, each as it is read; null for not. Those with rows too short for it stay as they are.</summary>
    public Compression? Compression { get; init; }

    /// <summary>The 16 bits in which a tensor is stored and is to stay; null, where it has others, or may become wider.</summary>
    protected virtual Compression? Kept(string name) => null;

    /// <summary>How rows of so many numbers are compressed, which stand in tensors of these names; in one form, where one can say all of them.</summary>
    Compression? CompressionOf(int columns, params IEnumerable<string> names) => !CompressedNumbers.Saves(columns) ? null
        : Compression ?? (names.Select(Kept).Distinct().ToArray() is [var kept] ? kept : null);

    /// <summary>A tensor of a shape, which is never compressed further than it is stored.</summary>
    /// <exception cref="StorageException">There is none, or it has another shape.</exception>
    public Tensor Read(string name, params ReadOnlySpan<int> sizes)
    {
        Expect(name, sizes);
        var read = Tensor.Build(Shape.Create(sizes), numbers => Fill(name, 0, numbers));
        return Kept(name) is { } kept && (sizes.Length < 2 || CompressedNumbers.Saves(sizes[^1])) ? read.Compressed(kept) : read;
    }

    /// <summary>Matrices of as many columns, one below the other in one.</summary>
    /// <exception cref="StorageException">One is not there, or has another shape.</exception>
    public Tensor ReadRows(int columns, params (string Name, int Rows)[] parts)
    {
        foreach (var (name, rows) in parts)
            Expect(name, [rows, columns]);
        var all = parts.Sum(part => (long)part.Rows);
        if (CompressionOf(columns, parts.Select(part => part.Name)) is { } compression)
            return ReadCompressed(compression, (int)Math.Min(all, int.MaxValue), columns, parts);
        return Tensor.Build(((int)Math.Min(all, int.MaxValue), columns), numbers =>
        {
            foreach (var (name, rows) in parts)
            {
                Fill(name, 0, numbers[..(rows * columns)]);
                numbers = numbers[(rows * columns)..];
            }
        });
    }

    /// <summary>The transpose, (columns, rows), of a matrix that is stored as (rows, columns).</summary>
    /// <exception cref="StorageException">There is none, or it has another shape.</exception>
    public Tensor ReadTransposed(string name, int rows, int columns)
    {
        Expect(name, [rows, columns]);
        var block = new Real[Math.Min(Rows, rows) * columns];
        var matrix = Tensor.Build((columns, rows), numbers =>
        {
            for (var first = 0; first < rows; first += Rows)
            {
                var count = Math.Min(Rows, rows - first);
                Fill(name, (long)first * columns, block.AsSpan(0, count * columns));
                for (var column = 0; column < columns; column++)
                {
                    var destination = numbers.Slice(column * rows + first, count);
                    for (var row = 0; row < count; row++)
                        destination[row] = block[row * columns + column];
                }
            }
        });
        return CompressionOf(rows, name) is { } compression ? matrix.Compressed(compression) : matrix;
    }

    /// <summary>Row by row, so that no matrix is ever whole in memory but compressed.</summary>
    Tensor ReadCompressed(Compression compression, int rows, int columns, (string Name, int Rows)[] parts)
    {
        var (stored, row, to) = (CompressedNumbers.Uninitialized(compression, rows, columns), new Real[columns], 0);
        foreach (var (name, count) in parts)
        {
            for (var i = 0; i < count; i++, to++)
            {
                Fill(name, (long)i * columns, row);
                try
                {
                    stored.Encode(to, row);
                }
                catch (FunctionalLlmException e)
                {
                    throw new StorageException($"tensor {Spelling.Quoted(name)}: {e.Message}", e);
                }
            }
        }

        return Tensor.Of((rows, columns), stored);
    }

    /// <summary>Refuses fewer or more layers, each with a tensor of such a name; nothing to do, where the model is what the file says of itself.</summary>
    /// <exception cref="StorageException">There are fewer or more.</exception>
    public virtual void ExpectLayers(int depth, Func<int, string> name)
    {
    }

    /// <summary>Refuses a tensor that is not there, or has another shape; nothing to do, where the model is what the file says of itself.</summary>
    protected virtual void Expect(string name, ReadOnlySpan<int> sizes)
    {
    }

    /// <summary>Fills memory with a tensor's numbers, from one of them on in row-major order.</summary>
    protected abstract void Fill(string name, long first, Span<Real> numbers);
}

/// <summary>The tensors of a folder of Hugging Face's layout.</summary>
sealed class FolderTensors(string folder, SafetensorsFolder tensors) : StoredTensors
{
    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => tensors.Contains(name);

    /// <summary>Whether tensors of 16 bits stay so.</summary>
    public bool Keeps { get; init; }

    protected override Compression? Kept(string name) => !Keeps ? null
        : tensors[name].Dtype == Dtype.BF16 ? Functional.Llm.Compression.BF16 : tensors[name].Dtype == Dtype.F16 ? Functional.Llm.Compression.F16 : null;

    public override void ExpectLayers(int depth, Func<int, string> name)
    {
        for (var i = 0; i <= depth; i++)
        {
            if (tensors.Contains(name(i)) != i < depth)
                throw new StorageException($"{folder}: there is {(i < depth ? "no" : "a")} tensor {Spelling.Quoted(name(i))}; expected {depth:N0} layers by config.json; get both files anew, as they belong together");
        }
    }

    protected override void Expect(string name, ReadOnlySpan<int> sizes)
    {
        if (!tensors[name].Shape.Sizes.AsSpan().SequenceEqual(sizes))
            throw new StorageException($"{folder}: tensor {Spelling.Quoted(name)} has shape {tensors[name].Shape}; expected [{string.Join(", ", sizes.ToArray())}] by config.json; get both files anew, as they belong together");
    }

    protected override void Fill(string name, long first, Span<Real> numbers) => tensors.Fill(name, first, numbers);
}
