# frozen_string_literal: true

# What BOSH's director does between a manifest and the files of a job, as far as this release needs it:
# operations, variables, the defaults of a spec, links, and the functions that templates may call.

require 'erb'
require 'json'
require 'ostruct'
require 'yaml'

# Dotted names in nested hashes.
module Lookup
  def self.in(hash, name)
    name.split('.').reduce(hash) do |value, key|
      return nil unless value.is_a?(Hash)

      value[key]
    end
  end
end

# p and if_p of templates and of links.
module Properties
  def p(names, *default)
    found = Array(names).map { |name| Lookup.in(raw_properties, name) }.find { |value| !value.nil? }
    return found unless found.nil?
    return default.first unless default.empty?

    raise KeyError, "Can't find property #{Array(names).inspect}"
  end

  def if_p(*names)
    values = names.map { |name| Lookup.in(raw_properties, name) }
    return Else.new(self) if values.any?(&:nil?)

    yield(*values)
    NoElse.new
  end
end

# What follows an if_p or if_link that did not apply.
class Else
  def initialize(context)
    @context = context
  end

  def else
    yield
  end

  def else_if_p(*names, &block)
    @context.if_p(*names, &block)
  end

  def else_if_link(name, &block)
    @context.if_link(name, &block)
  end
end

# What follows one that did.
class NoElse
  def else; end

  def else_if_p(*)
    self
  end

  def else_if_link(*)
    self
  end
end

# A link that the job consumes.
class Link
  include Properties

  attr_reader :raw_properties, :instances

  def initialize(link)
    @raw_properties = link.fetch('properties', {})
    @instances = link.fetch('instances', []).map { |instance| OpenStruct.new(instance) }
  end
end

# What a template sees.
class Context
  include Properties

  attr_reader :raw_properties, :spec

  def initialize(properties, links, spec)
    @raw_properties = properties
    @links = links
    @spec = OpenStruct.new(spec)
  end

  def link(name)
    raise KeyError, "Can't find link '#{name}'" unless @links.key?(name)

    Link.new(@links[name])
  end

  def if_link(name)
    return Else.new(self) unless @links.key?(name)

    yield link(name)
    NoElse.new
  end

  def render(template)
    # What is not given to a template by name is not to be had there.
    ERB.new(File.read(template), trim_mode: '-').tap { |erb| erb.filename = template }.result(binding)
  end
end

# A manifest with its operations and variables.
class Manifest
  attr_reader :content

  def initialize(file, operations = [], variables = {})
    @variables = variables
    @content = YAML.safe_load_file(file)
    operations.each { |operation| YAML.safe_load_file(operation).each { |each| apply(each) } }
    @content = interpolated(@content)
  end

  # The job of this name in any instance group.
  def job(name)
    @content.fetch('instance_groups').flat_map { |group| group.fetch('jobs') }
            .find { |job| job.fetch('name') == name } || raise(KeyError, "no job #{name}")
  end

  private

  def apply(operation)
    *parents, last = operation.fetch('path').delete_prefix('/').split('/')
    holder = parents.reduce(@content) { |value, step| step_into(value, step) }
    case operation.fetch('type')
    when 'remove' then remove(holder, last)
    when 'replace' then replace(holder, last, operation.fetch('value'))
    end
  end

  def step_into(value, step)
    found = value.is_a?(Array) ? value.find { |each| matches(each, step) } : value[step]
    found.nil? ? raise(KeyError, "no #{step}") : found
  end

  def matches(element, step)
    key, expected = step.split('=', 2)
    element[key] == expected
  end

  def remove(holder, last)
    step_into(holder, last)
    holder.is_a?(Array) ? holder.reject! { |each| matches(each, last) } : holder.delete(last)
  end

  def replace(holder, last, value)
    if holder.is_a?(Hash)
      holder[last] = value
    elsif last == '-'
      holder << value
    else
      holder[holder.index(step_into(holder, last))] = value
    end
  end

  def interpolated(value)
    case value
    when Hash then value.transform_values { |each| interpolated(each) }
    when Array then value.map { |each| interpolated(each) }
    when /\A\(\(([^)]+)\)\)\z/ then variable(Regexp.last_match(1))
    when String then value.gsub(/\(\(([^)]+)\)\)/) { variable(Regexp.last_match(1)).to_s }
    else value
    end
  end

  def variable(name)
    value = Lookup.in(@variables, name)
    value.nil? ? raise(KeyError, "no variable ((#{name}))") : value
  end
end

# A job of the release.
class Job
  attr_reader :name, :folder, :spec

  def initialize(folder)
    @folder = folder
    @spec = YAML.safe_load_file(File.join(folder, 'spec'))
    @name = @spec.fetch('name')
  end

  def templates
    spec.fetch('templates')
  end

  # The declared properties: those given, else their defaults. Others do not reach templates.
  def properties(given)
    spec.fetch('properties').each_with_object({}) do |(name, declared), all|
      value = Lookup.in(given, name)
      value = declared['default'] if value.nil?
      next if value.nil?

      *parents, last = name.split('.')
      parents.reduce(all) { |hash, key| hash[key] ||= {} }[last] = value
    end
  end
end
